package dev.freshet.streams;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigValueType;

/**
 * How many groups each stage holds, and what follows from it: how stale a group can be when the learner takes it. Keys, units
 * and ranges are in {@code pipeline.conf}.
 *
 * @param generateParallelism groups that the generate stage holds, at least 1
 * @param verifyParallelism groups that the verify stage holds, at least 1
 * @param scoreParallelism groups that the reference-scoring stage holds, at least 1
 * @param batchGroups groups a batch, at least 1
 * @param maxStaleness policy versions that a trained group may be behind, at least 0
 * @param maxPushLag versions that a generator elsewhere may be behind and still get groups, at least 0
 */
public record PipelineSettings(
        int generateParallelism,
        int verifyParallelism,
        int scoreParallelism,
        int batchGroups,
        int maxStaleness,
        int maxPushLag,
        AdmissionMode mode) {
    private static final String GENERATE = "freshet.pipeline.generate-parallelism";
    private static final String VERIFY = "freshet.pipeline.verify-parallelism";
    private static final String SCORE = "freshet.pipeline.score-parallelism";
    private static final String BATCH = "freshet.train.batch-groups";
    private static final String MAX_STALENESS = "freshet.max-staleness";
    private static final String MAX_PUSH_LAG = "freshet.pipeline.max-push-lag";

    /**
     * The admission gate holds one group, admitted and not yet taken by a generator. It cannot grow stale: whoever takes it samples
     * from what is newest then.
     */
    private static final int GATE = 1;

    /**
     * What the stages may hold is divided so that as much as possible is ready when a step ends: whatever then still has to be
     * scored keeps the learner waiting. Generating takes one part in four, enough rows to decode well, verifying one in sixteen.
     */
    private static final int GENERATE_SHARE = 4;

    private static final int VERIFY_SHARE = 16;

    public PipelineSettings {
        requireAtLeast(1, GENERATE, generateParallelism);
        requireAtLeast(1, VERIFY, verifyParallelism);
        requireAtLeast(1, SCORE, scoreParallelism);
        requireAtLeast(1, BATCH, batchGroups);
        requireAtLeast(0, MAX_STALENESS, maxStaleness);
        requireAtLeast(0, MAX_PUSH_LAG, maxPushLag);
        long stages = stages(generateParallelism, verifyParallelism, scoreParallelism);
        long sampled = sampled(stages, batchGroups, mode);
        long bound = stalenessBound(sampled, batchGroups, maxPushLag);
        if (bound > maxStaleness) {
            throw new IllegalArgumentException("the staleness bound must be at most max-staleness " + maxStaleness
                    + ", was " + bound + " with up to " + sampled + " groups sampled and not learnt from, batches of "
                    + batchGroups
                    + " and a push lag of " + maxPushLag + ": "
                    + lowerGenerateParallelism(
                            generateParallelism, stages, (long) (maxStaleness - maxPushLag) * batchGroups)
                    + "raise " + MAX_STALENESS + " to " + bound + " or more");
        }
    }

    /** Reads the settings; what is {@code auto} follows from batch size and {@code max-staleness}. */
    public static PipelineSettings from(Config config) {
        int batchGroups = config.getInt(BATCH);
        int maxStaleness = config.getInt(MAX_STALENESS);
        int maxPushLag = config.getInt(MAX_PUSH_LAG);
        requireAtLeast(1, BATCH, batchGroups);
        requireAtLeast(0, MAX_STALENESS, maxStaleness);
        requireAtLeast(0, MAX_PUSH_LAG, maxPushLag);
        AdmissionMode mode = maxStaleness == 0 || config.getBoolean("freshet.deterministic")
                ? AdmissionMode.SYNCHRONOUS
                : AdmissionMode.ASYNCHRONOUS;
        long room = mode == AdmissionMode.SYNCHRONOUS
                ? batchGroups
                : (long) batchGroups * Math.max(1, maxStaleness - maxPushLag);
        boolean synchronous = mode == AdmissionMode.SYNCHRONOUS;
        int generate = parallelism(config, GENERATE, synchronous ? room : room / GENERATE_SHARE);
        int verify = parallelism(config, VERIFY, room / VERIFY_SHARE);
        int score = parallelism(config, SCORE, synchronous ? room : room - stages(generate, verify, 0));
        return new PipelineSettings(generate, verify, score, batchGroups, maxStaleness, maxPushLag, mode);
    }

    /**
     * The most groups that are admitted and not ended at any moment: what gate and stages hold, and the batch that is learnt
     * from. In synchronous mode the batch alone, because the gate admits no more.
     */
    public long inFlight() {
        return mode == AdmissionMode.SYNCHRONOUS ? batchGroups : GATE + sampled();
    }

    /** The most policy versions that the oldest token of a trained group can be behind the learner. */
    public long stalenessBound() {
        return stalenessBound(sampled(), batchGroups, maxPushLag);
    }

    /**
     * The same stages under another {@code max-staleness}.
     *
     * @throws IllegalArgumentException if it is below what the stages can come to
     */
    public PipelineSettings withMaxStaleness(int other) {
        if (other < stalenessBound()) {
            throw new IllegalArgumentException(
                    "max-staleness must be at least the staleness bound of this run's stages, "
                            + stalenessBound() + ", was " + other + ": set " + stalenessBound() + " or more ("
                            + MAX_STALENESS
                            + ")");
        }
        return new PipelineSettings(
                generateParallelism, verifyParallelism, scoreParallelism, batchGroups, other, maxPushLag, mode);
    }

    private long sampled() {
        return sampled(stages(generateParallelism, verifyParallelism, scoreParallelism), batchGroups, mode);
    }

    private static long stages(int generateParallelism, int verifyParallelism, int scoreParallelism) {
        return (long) generateParallelism + verifyParallelism + scoreParallelism;
    }

    /** The most groups that can be sampled, or on the way to it, and not learnt from at any moment: all but the one at the gate. */
    private static long sampled(long stages, int batchGroups, AdmissionMode mode) {
        return mode == AdmissionMode.SYNCHRONOUS ? batchGroups : stages + batchGroups;
    }

    private static long stalenessBound(long sampled, int batchGroups, int maxPushLag) {
        long batchesToTheEnd = (sampled + batchGroups - 1) / batchGroups;
        return batchesToTheEnd - 1 + maxPushLag;
    }

    private static String lowerGenerateParallelism(int generateParallelism, long stages, long room) {
        long fitting = generateParallelism - (stages - room);
        return fitting < 1
                ? ""
                : "lower " + GENERATE + " from " + generateParallelism + " to at most " + fitting + ", or ";
    }

    private static int parallelism(Config config, String key, long automatic) {
        boolean isAutomatic = config.getValue(key).valueType() == ConfigValueType.STRING
                && config.getString(key).equals("auto");
        if (isAutomatic) {
            return (int) Math.max(1, Math.min(automatic, Integer.MAX_VALUE));
        }
        try {
            return config.getInt(key);
        } catch (ConfigException.WrongType notANumber) {
            throw new IllegalArgumentException(
                    key + " must be auto or a whole number of groups, at least 1, was " + config.getString(key),
                    notANumber);
        }
    }

    private static void requireAtLeast(int least, String key, int value) {
        if (value < least) {
            String name = key.substring(key.lastIndexOf('.') + 1);
            throw new IllegalArgumentException(
                    name + " must be at least " + least + ", was " + value + " (" + key + ")");
        }
    }
}
