package dev.freshet.model.objective;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How the losses of a mini-batch's tokens become one number. Each rule is a weight per token that depends on lengths alone, so
 * that the weighted losses of micro-batches add up to the loss of the mini-batch, however it is cut. Names follow verl.
 */
public enum LossAggregation {
    /** Every token counts the same: 1 / (all tokens). Yu et al. 2025 (DAPO). */
    TOKEN_MEAN("token-mean") {
        @Override
        double tokenWeight(int length, Lengths lengths) {
            return 1.0 / lengths.tokens();
        }
    },
    /** Every sequence counts the same: 1 / (sequences x own length). Shao et al. 2024, the original GRPO. */
    SEQUENCE_MEAN_TOKEN_MEAN("seq-mean-token-mean") {
        @Override
        double tokenWeight(int length, Lengths lengths) {
            return 1.0 / ((double) lengths.sequences() * length);
        }
    },
    /** The sequence log-prob is one action: 1 / sequences. */
    SEQUENCE_MEAN_TOKEN_SUM("seq-mean-token-sum") {
        @Override
        double tokenWeight(int length, Lengths lengths) {
            return 1.0 / lengths.sequences();
        }
    },
    /** Mean over sequences of a sum over a constant length: 1 / (sequences x norm). Liu et al. 2025 (Dr. GRPO). */
    DR_GRPO("dr-grpo") {
        @Override
        double tokenWeight(int length, Lengths lengths) {
            return 1.0 / ((double) lengths.sequences() * lengths.norm());
        }
    },
    /** As verl has it, 1 / norm: grows with the number of sequences, unlike {@link #DR_GRPO}. */
    SEQUENCE_MEAN_TOKEN_SUM_NORM("seq-mean-token-sum-norm") {
        @Override
        double tokenWeight(int length, Lengths lengths) {
            return 1.0 / lengths.norm();
        }
    };

    private final String spec;

    LossAggregation(String spec) {
        this.spec = spec;
    }

    /** The name in settings. */
    public String spec() {
        return spec;
    }

    /**
     * For each sequence of a mini-batch the weight of each of its tokens.
     *
     * @param completionLengths tokens of each sequence, at least 1
     * @param lengthNorm the constant length that some rules divide by, in tokens
     */
    public double[] tokenWeights(int[] completionLengths, int lengthNorm) {
        Lengths lengths = new Lengths(
                completionLengths.length,
                IntStream.of(completionLengths).asLongStream().sum(),
                lengthNorm);
        return Arrays.stream(completionLengths)
                .mapToDouble(length -> tokenWeight(length, lengths))
                .toArray();
    }

    abstract double tokenWeight(int length, Lengths lengths);

    /** @throws IllegalArgumentException naming the known rules if {@code spec} is none of them */
    public static LossAggregation parse(String spec) {
        return parse(spec, RlvrSettings.PATH);
    }

    /** @param path of the section that has the setting */
    static LossAggregation parse(String spec, String path) {
        return Specs.parse(path, "aggregation", spec, List.of(values()), LossAggregation::spec);
    }

    record Lengths(int sequences, long tokens, int norm) {}
}
