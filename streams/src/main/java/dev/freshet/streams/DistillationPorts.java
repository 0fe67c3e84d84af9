package dev.freshet.streams;

import dev.freshet.model.learning.StepReport;
import java.util.concurrent.CompletionStage;

/** All that {@link DistillationPipeline} sees of the outside world. */
@FunctionalInterface
public interface DistillationPorts {
    /** Takes one training step; completes when it has made its version. */
    CompletionStage<StepReport> learn(long round);
}
