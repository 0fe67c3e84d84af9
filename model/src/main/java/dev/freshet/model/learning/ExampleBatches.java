package dev.freshet.model.learning;

import ai.djl.ndarray.NDManager;
import dev.freshet.model.dataset.ExampleSequence;
import dev.freshet.model.dataset.ScoredExample;
import dev.freshet.model.dataset.TokenisedExample;
import dev.freshet.model.engine.OwnedArray;
import dev.freshet.model.objective.ExampleTokens;
import dev.freshet.model.objective.Segments;
import dev.freshet.model.rollout.LogProbs;
import java.util.List;
import java.util.stream.IntStream;

/** Lays examples out as the decoder and their objective want them: the sequences of each behind each other. */
final class ExampleBatches {
    /** Log-probs of what nobody sampled are those of the model itself. */
    private static final double TEMPERATURE = 1;

    private ExampleBatches() {}

    static List<TokenSequence> sequences(List<TokenisedExample> examples) {
        return examples.stream()
                .flatMap(example -> example.sequences().stream())
                .map(ExampleBatches::sequence)
                .toList();
    }

    static TokenSequence sequence(ExampleSequence sequence) {
        return new TokenSequence(sequence.prompt(), sequence.completion(), TEMPERATURE);
    }

    /**
     * @param weights of the examples
     * @param constant of their mini-batch
     */
    static ExampleTokens of(List<ScoredExample> examples, double[] weights, double constant, NDManager owner) {
        List<TokenisedExample> tokenised =
                examples.stream().map(ScoredExample::example).toList();
        int[] lengths = tokenised.stream()
                .flatMap(example -> example.sequences().stream())
                .mapToInt(sequence -> sequence.completion().size())
                .toArray();
        float[] reference = new float[IntStream.of(lengths).sum()];
        boolean referenced = true;
        int start = 0;
        for (ScoredExample example : examples) {
            referenced &= !example.reference().isEmpty();
            for (LogProbs scored : example.reference()) {
                scored.copyTo(reference, start);
                start += scored.size();
            }
        }
        float[] weight = new float[weights.length];
        for (int i = 0; i < weight.length; i++) {
            weight[i] = (float) weights[i];
        }
        return new ExampleTokens(
                tokenised,
                Segments.of(lengths, owner),
                referenced ? OwnedArray.of(reference, owner) : null,
                OwnedArray.of(weight, owner),
                constant);
    }
}
