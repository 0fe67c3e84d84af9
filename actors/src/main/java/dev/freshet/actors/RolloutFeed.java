package dev.freshet.actors;

import dev.freshet.model.generation.RolloutGenerator;
import dev.freshet.model.rehearsal.RehearsalCycle;
import dev.freshet.model.task.Task;
import dev.freshet.streams.PipelineSettings;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Rollouts of the policy itself.
 *
 * @param task gives prompts and the verifier
 * @param generators one supplier a generator; the run opens and closes what they give
 * @param rehearsal sequences to learn from beside the groups; empty when the run has none
 */
public record RolloutFeed(
        Task task,
        List<Supplier<RolloutGenerator>> generators,
        Optional<RehearsalCycle> rehearsal,
        PipelineSettings pipeline)
        implements RunFeed {
    public RolloutFeed {
        generators = List.copyOf(generators);
        if (generators.isEmpty()) {
            throw new IllegalArgumentException("a run must have at least one generator, had none");
        }
    }

    @Override
    public long stalenessBound() {
        return pipeline.stalenessBound();
    }
}
