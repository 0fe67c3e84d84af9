package dev.freshet.model.objective;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import dev.freshet.model.dataset.TokenisedExample;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a micro-batch of examples. Completion tokens are packed without padding: sequences stand behind each other, those of
 * an example next to each other and in the order of its kind. Arrays are constants to autograd, and valid during one call of
 * {@link DatasetObjective#loss}.
 *
 * @param examples whose {@link TokenisedExample#admitted} have ids that are the same in every epoch
 * @param segments which tokens are one sequence's
 * @param reference (tokens,) log-prob under the reference; null when the run has none
 * @param weight (examples,) of each example's loss, as {@link DatasetObjective#exampleWeights} has it for the whole mini-batch
 * @param constant {@link DatasetObjective#batchConstant} of the mini-batch; 0 unless it is wanted
 */
public record ExampleTokens(
        List<TokenisedExample> examples,
        Segments segments,
        @Nullable NDArray reference,
        NDArray weight,
        double constant) {
    public ExampleTokens {
        examples = List.copyOf(examples);
    }

    /**
     * @throws IllegalArgumentException if there is none
     */
    public NDArray requireReference(String objective) {
        if (reference == null) {
            throw new IllegalArgumentException("objective " + objective
                    + " needs reference log-probs, the batch has none (freshet.reference, freshet.objective)");
        }
        return reference;
    }

    /**
     * (examples,) from (sequences,): that of one sequence of each example.
     *
     * @param place of the sequence in its example, from 0
     */
    public NDArray of(NDArray perSequence, int place) {
        int each = examples.get(0).kind().sequences();
        return perSequence.reshape(examples.size(), each).get(new NDIndex(":, " + place));
    }

    /** (tokens,) from (examples,): each token has its example's number. */
    public NDArray spread(NDArray perExample) {
        int each = examples.get(0).kind().sequences();
        NDArray perSequence = each == 1 ? perExample : perExample.repeat(0, each);
        return segments.spread(perSequence);
    }
}
