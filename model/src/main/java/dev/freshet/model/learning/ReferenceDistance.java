package dev.freshet.model.learning;

import dev.freshet.model.rollout.RolloutGroup;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** How far a policy is from its frozen reference, by every divergence. Methods never block, but for {@link #close}. */
public interface ReferenceDistance extends AutoCloseable {
    /** Where there is no reference. */
    ReferenceDistance NONE = new ReferenceDistance() {
        @Override
        public CompletionStage<Map<String, Double>> of(RolloutGroup group) {
            return CompletableFuture.completedFuture(Map.of());
        }

        @Override
        public void close() {}
    };

    /**
     * Estimates on rollouts that the policy itself has sampled.
     *
     * @return by spec, each a mean over the group's tokens
     */
    CompletionStage<Map<String, Double>> of(RolloutGroup group);

    @Override
    void close();
}
