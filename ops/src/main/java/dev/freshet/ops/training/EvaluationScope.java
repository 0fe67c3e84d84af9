package dev.freshet.ops.training;

import dev.freshet.actors.ActorSettings;
import dev.freshet.streams.EventSink;
import java.util.function.Supplier;

/**
 * What all evaluations of a policy share.
 *
 * @param inForce whose deadlines hold for verifiers, read for each answer
 * @param events told of what verifiers do meanwhile; not of the result
 */
record EvaluationScope(RunConfiguration configuration, Supplier<ActorSettings> inForce, EventSink events) {
    /** As the settings say, and nobody is told of anything. */
    static EvaluationScope of(RunConfiguration configuration) {
        return new EvaluationScope(configuration, configuration::actors, event -> {});
    }
}
