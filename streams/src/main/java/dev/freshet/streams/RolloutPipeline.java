package dev.freshet.streams;

import static dev.freshet.streams.Stages.batch;
import static dev.freshet.streams.Stages.dropStale;
import static dev.freshet.streams.Stages.generate;
import static dev.freshet.streams.Stages.learn;
import static dev.freshet.streams.Stages.prompts;
import static dev.freshet.streams.Stages.pushWeights;
import static dev.freshet.streams.Stages.rehearse;
import static dev.freshet.streams.Stages.scoreReference;
import static dev.freshet.streams.Stages.verify;

import akka.stream.javadsl.Keep;
import akka.stream.javadsl.RunnableGraph;

/**
 * Online RL as one stream: groups of rollouts flow from prompts to the learner, whose new weights go back to the generators
 * while they generate.
 *
 * <p>How far generation runs ahead of the learner is how many groups the stages can hold, and backpressure sees to it that
 * they never hold more: {@link PipelineSettings#stalenessBound} follows from the settings alone. It rests on three things:
 * every stage keeps the order, nothing between the stages buffers, and {@code learn} ends only when the version it made can be
 * read by the generators.
 */
public final class RolloutPipeline {
    private RolloutPipeline() {}

    /** The pipeline of a run, to be run once. */
    public static RunnableGraph<RunningPipeline> of(RolloutRun run) {
        return of(PipelineParts.of(run, PipelineParts.clock(run)));
    }

    /**
     * The pipeline with which a run goes on after another has ended; to be run once. The times of its stages go on from those of
     * the ended one.
     */
    public static RunnableGraph<RunningPipeline> after(PipelineControl ended, RolloutRun run, Beginning beginning) {
        PipelineParts parts = PipelineParts.of(run, ended.clock().goingOn(run.nanoTime()));
        if (beginning == Beginning.PAUSED) {
            parts.life().pause();
        }
        return of(parts);
    }

    private static RunnableGraph<RunningPipeline> of(PipelineParts parts) {
        return prompts(parts)
                .via(generate(parts))
                .via(verify(parts))
                .via(scoreReference(parts))
                .via(dropStale(parts))
                .via(batch(parts))
                .via(rehearse(parts))
                .viaMat(learn(parts), Keep.right())
                .toMat(pushWeights(parts), parts.life()::running);
    }
}
