package dev.freshet.model.learning;

import dev.freshet.model.learning.ScorerSettings.Batching;
import dev.freshet.model.objective.PolicyObjective;
import dev.freshet.model.transformer.DecoderConfig;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The reference in a learner's native memory, from the first step whose objective wants its whole distributions to the first that does
 * not. All methods run on the learner's thread.
 */
final class HeldReference implements AutoCloseable {
    private final DecoderConfig config;
    private final ScorerSettings settings;
    private final ReferenceWeights weights;
    private @Nullable FrozenDecoder decoder;

    HeldReference(DecoderConfig config, LearnerSettings settings, ReferenceWeights weights) {
        this.config = config;
        this.settings = new ScorerSettings(settings.compute(), settings.microBatchTokens(), Batching.GROUP_ALONE);
        this.weights = weights;
    }

    /**
     * What a step under the objective is held to at every state; empty if nothing.
     *
     * @throws IllegalArgumentException if there are no weights of a reference, or they are not the decoder's
     */
    Optional<VocabularyAnchor> anchor(PolicyObjective objective) {
        if (objective.exactDivergence().isEmpty()) {
            close();
            return Optional.empty();
        }
        FrozenDecoder reference = decoder;
        if (reference == null) {
            reference = FrozenDecoder.load(config, settings, weights.tensors());
            decoder = reference;
        }
        return Optional.of(new VocabularyAnchor(objective.exactDivergence().get(), reference));
    }

    @Override
    public void close() {
        FrozenDecoder reference = decoder;
        if (reference != null) {
            decoder = null;
            reference.close();
        }
    }
}
