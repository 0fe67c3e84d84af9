package dev.freshet.model.learning;

import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.safetensors.TensorData;
import java.util.List;

/** A learner's state on the Java heap: what it starts from, and what it gives as a snapshot. Closing it frees nothing. */
public record LearnerState(
        PolicyVersion version, long step, long optimizerSteps, List<TensorData> weights, List<TensorData> optimizer)
        implements LearnerSnapshot {

    public LearnerState {
        weights = List.copyOf(weights);
        optimizer = List.copyOf(optimizer);
        if (step < 0 || step > version.number()) {
            throw new IllegalArgumentException(
                    "steps must be at least 0 and at most the version, " + version.number() + ", were " + step);
        }
        if (optimizerSteps < 0) {
            throw new IllegalArgumentException("optimizer steps must be at least 0, were " + optimizerSteps);
        }
    }

    /** Version 0 of a policy with these weights, and an optimizer that has not seen a gradient. */
    public static LearnerState fresh(List<TensorData> weights) {
        return new LearnerState(PolicyVersion.INITIAL, 0, 0, weights, List.of());
    }

    /** The same weights and optimizer under another version: a rollback, or a restart beside newer versions. */
    public LearnerState as(PolicyVersion other) {
        return new LearnerState(other, step, optimizerSteps, weights, optimizer);
    }

    @Override
    public void close() {}
}
