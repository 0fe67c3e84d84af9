package dev.freshet.ops.training;

import dev.freshet.actors.RefusedException;
import dev.freshet.actors.RefusedException.Kind;
import dev.freshet.model.weights.WeightRegistry;
import dev.freshet.streams.EventSink;
import java.util.function.DoubleSupplier;

/** What callers can have of a policy in training, while its weights are there. */
record PolicyAccess(PolicySampler sampler, PolicyEvaluator evaluator) implements AutoCloseable {
    /** @param temperature in force */
    static PolicyAccess to(
            WeightRegistry registry,
            RunConfiguration configuration,
            EvaluationSuites suites,
            DoubleSupplier temperature,
            EventSink events) {
        return new PolicyAccess(
                new PolicySampler(configuration, registry, temperature), new PolicyEvaluator(suites, registry, events));
    }

    /** Gives up what is under way, and refuses what comes. */
    @Override
    public void close() {
        try {
            evaluator.close();
        } finally {
            sampler.close();
        }
    }

    static RefusedException ended() {
        return new RefusedException(
                Kind.FAILED_PRECONDITION,
                "the run has ended, and its weights are gone; freshet generate and freshet eval use its checkpoints");
    }
}
