package dev.freshet.ops.training;

import dev.freshet.actors.ActorSettings;
import dev.freshet.model.learning.ReferenceDistance;
import dev.freshet.streams.EventSink;
import java.util.function.Supplier;

/**
 * What all evaluations of a policy share.
 *
 * @param inForce whose deadlines hold for verifiers, read for each answer
 * @param reference opened and closed by each evaluation
 * @param first what pass@1 was at version 0
 * @param events told of what verifiers do meanwhile; not of the result
 */
record EvaluationScope(
        RunConfiguration configuration,
        Supplier<ActorSettings> inForce,
        OpenedReference reference,
        FirstScores first,
        EventSink events) {
    /** As the settings say, without a reference, and nobody is told of anything. */
    static EvaluationScope of(RunConfiguration configuration) {
        return new EvaluationScope(
                configuration, configuration::actors, () -> ReferenceDistance.NONE, FirstScores.unknown(), event -> {});
    }

    interface OpenedReference {
        ReferenceDistance open() throws InterruptedException;
    }
}
