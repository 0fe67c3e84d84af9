package dev.freshet.streams;

import com.typesafe.config.Config;

/**
 * How examples flow from a dataset to the learner. Keys, units and ranges are in {@code dataset-pipeline.conf}.
 *
 * @param batchExamples examples a batch, at least 1
 * @param readParallelism examples that are read and tokenised at once, or wait for their turn; at least 1
 * @param scoreParallelism examples that are scored by the reference at once, or wait for their turn; at least 1
 * @param prefetchBatches whole batches that wait for the learner, at least 1
 */
public record DatasetPipelineSettings(
        int batchExamples, int readParallelism, int scoreParallelism, int prefetchBatches, BadLines badLines) {
    private static final String PATH = "freshet.dataset.";
    private static final String BATCH = PATH + "batch-examples";
    private static final String READ = PATH + "read-parallelism";
    private static final String SCORE = PATH + "score-parallelism";
    private static final String PREFETCH = PATH + "prefetch-batches";
    private static final String BAD_LINES = PATH + "bad-lines";

    public DatasetPipelineSettings {
        requireAtLeastOne(BATCH, batchExamples);
        requireAtLeastOne(READ, readParallelism);
        requireAtLeastOne(SCORE, scoreParallelism);
        requireAtLeastOne(PREFETCH, prefetchBatches);
    }

    /** Reads {@code freshet.dataset} of a whole configuration. */
    public static DatasetPipelineSettings from(Config config) {
        return new DatasetPipelineSettings(
                config.getInt(BATCH),
                config.getInt(READ),
                config.getInt(SCORE),
                config.getInt(PREFETCH),
                BadLines.parse(config.getString(BAD_LINES), BAD_LINES));
    }

    private static void requireAtLeastOne(String key, int value) {
        if (value < 1) {
            String name = key.substring(key.lastIndexOf('.') + 1);
            throw new IllegalArgumentException(name + " must be at least 1, was " + value + " (" + key + ")");
        }
    }
}
