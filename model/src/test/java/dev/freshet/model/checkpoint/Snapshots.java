package dev.freshet.model.checkpoint;

import dev.freshet.model.learning.LearnerSnapshot;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.safetensors.TensorData;
import dev.freshet.model.safetensors.TensorData.ElementType;
import dev.freshet.model.safetensors.Tensors;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A learner's snapshots, and the states that belong to them, whose content follows from the version. */
final class Snapshots {
    private Snapshots() {}

    static LearnerSnapshot snapshot(long version) {
        Random random = new Random(version);
        return new Snapshot(
                new PolicyVersion(version),
                version,
                2 * version,
                List.of(
                        Tensors.random("model.embed_tokens.weight", ElementType.F32, random, 4, 3),
                        Tensors.random("model.norm.weight", ElementType.F32, random, 3)),
                List.of(
                        Tensors.random("exp_avg.model.norm.weight", ElementType.F32, random, 3),
                        Tensors.random("exp_avg_sq.model.norm.weight", ElementType.F32, random, 3),
                        Tensors.random("step.model.norm.weight", ElementType.F32, random)));
    }

    static TrainingState state(long version) {
        return new TrainingState(
                new PolicyVersion(version),
                2 * version,
                8 * version,
                Long.MIN_VALUE + 7,
                "grpo",
                "alpha:0.5",
                0.1,
                new SavedParameters(
                        Map.of("freshet.train.learning-rate", "1e-4"),
                        Map.of("freshet.train.learning-rate", "1e-3", "freshet.objective", "grpo")),
                Map.of(
                        "admitted", 8 * version + 5,
                        "trained", 8 * version,
                        "returned", 1L,
                        "in_flight", 2L,
                        "dropped.stale", 0L,
                        "dropped.no_signal", 2L),
                "fp32",
                "0f5a",
                Map.of("layers", "2", "tokenizer", "char"),
                Map.of("freshet", "0.1.0", "task", "arithmetic"),
                List.of(),
                Map.of(TrainingState.MEAN_REWARD, 0.5));
    }

    private record Snapshot(
            PolicyVersion version, long step, long optimizerSteps, List<TensorData> weights, List<TensorData> optimizer)
            implements LearnerSnapshot {
        @Override
        public void close() {}
    }
}
