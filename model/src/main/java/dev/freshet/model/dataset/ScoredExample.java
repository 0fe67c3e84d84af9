package dev.freshet.model.dataset;

import dev.freshet.model.rollout.LogProbs;
import java.util.List;

/**
 * An example ready to be learnt from.
 *
 * @param reference for each sequence the log-probs of its completion under the frozen reference, at temperature 1; empty when the run
 *     has no reference
 */
public record ScoredExample(TokenisedExample example, List<LogProbs> reference) {
    public ScoredExample {
        reference = List.copyOf(reference);
        if (!reference.isEmpty()) {
            requireOneEachToken(example.sequences(), reference);
        }
    }

    public static ScoredExample withoutReference(TokenisedExample example) {
        return new ScoredExample(example, List.of());
    }

    public long sequence() {
        return example.sequence();
    }

    private static void requireOneEachToken(List<ExampleSequence> sequences, List<LogProbs> reference) {
        if (reference.size() != sequences.size()) {
            throw new IllegalArgumentException("an example of " + sequences.size()
                    + " sequences must have as many of reference log-probs, had " + reference.size());
        }
        for (int i = 0; i < reference.size(); i++) {
            int tokens = sequences.get(i).completion().size();
            if (reference.get(i).size() != tokens) {
                throw new IllegalArgumentException("sequence " + i + " of " + tokens
                        + " tokens must have as many reference log-probs, had "
                        + reference.get(i).size());
            }
        }
    }
}
