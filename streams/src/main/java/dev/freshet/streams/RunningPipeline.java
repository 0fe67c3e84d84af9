package dev.freshet.streams;

import akka.Done;
import java.util.concurrent.CompletionStage;

/**
 * A pipeline that has been started.
 *
 * @param completion completes when the pipeline has ended, no step runs any more, and every group has been accounted for; fails
 *     with what failed the pipeline
 */
public record RunningPipeline(PipelineControl control, CompletionStage<Done> completion) {}
