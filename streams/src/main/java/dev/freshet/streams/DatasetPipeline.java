package dev.freshet.streams;

import static dev.freshet.streams.DatasetStages.batch;
import static dev.freshet.streams.DatasetStages.examples;
import static dev.freshet.streams.DatasetStages.learn;
import static dev.freshet.streams.DatasetStages.prefetch;
import static dev.freshet.streams.DatasetStages.pushWeights;
import static dev.freshet.streams.DatasetStages.read;
import static dev.freshet.streams.DatasetStages.scoreReference;

import akka.stream.javadsl.Keep;
import akka.stream.javadsl.RunnableGraph;

/**
 * Learning from a dataset as one stream: examples are taken up in an order that follows from seed and admission number alone, read and
 * tokenised ahead of the learner, and batched. Steps, events, counts and steering are those of {@link RolloutPipeline}.
 *
 * <p>Nobody samples here, so nothing grows stale: whole batches may wait for the learner, and do, so that it never waits for a line to be
 * read. Every stage keeps the order, so that the admission number behind the last example of a step is all it takes to go on.
 */
public final class DatasetPipeline {
    private DatasetPipeline() {}

    /** The pipeline of a run, to be run once. */
    public static RunnableGraph<RunningPipeline> of(DatasetRun run) {
        return of(DatasetParts.of(run, DatasetParts.clock(run)));
    }

    /** As {@link RolloutPipeline#after}. */
    public static RunnableGraph<RunningPipeline> after(PipelineControl ended, DatasetRun run, Beginning beginning) {
        DatasetParts parts = DatasetParts.of(run, ended.clock().goingOn(run.nanoTime()));
        if (beginning == Beginning.PAUSED) {
            parts.life().pause();
        }
        return of(parts);
    }

    private static RunnableGraph<RunningPipeline> of(DatasetParts parts) {
        return examples(parts)
                .via(read(parts))
                .via(scoreReference(parts))
                .via(batch(parts))
                .via(prefetch(parts))
                .viaMat(learn(parts), Keep.right())
                .toMat(pushWeights(parts), parts.life()::running);
    }
}
