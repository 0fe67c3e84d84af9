package dev.freshet.actors;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.Optional;

/**
 * How long a run's parts wait for each other, and what they do then. Keys, units and ranges are in this module's
 * {@code actors.conf}.
 *
 * @param deterministic no deadline may decide what becomes of a group: passing one fails the run
 * @param sampledRollouts decoded rollouts a step, for people to read
 * @param checkpointInterval in steps; 0: none is due by its number
 * @param checkpointEvery time after which one is due; empty: none is due by time
 */
public record ActorSettings(
        boolean deterministic,
        Duration generateTimeout,
        int generateAttempts,
        int generateHungLimit,
        int verifyThreads,
        Duration verifyDeadline,
        int verifyHungLimit,
        Duration scoreTimeout,
        int scoreHungLimit,
        Duration learnTimeout,
        Duration commandTimeout,
        int checkpointInterval,
        Optional<Duration> checkpointEvery,
        int sampledRollouts,
        int maxNonfiniteSteps) {
    /** What {@link #afterStepTimeout} follows from. */
    static final String AFTER_STEP_KEYS = "freshet.actors.learn-timeout and freshet.actors.command-timeout";

    /** Whose threads may wait: engines close on it, checkpoints are written on it. */
    static final String BLOCKING_DISPATCHER = "freshet-blocking-dispatcher";

    public ActorSettings {
        requireAtLeastASecond("freshet.actors.generate-timeout", generateTimeout);
        requireAtLeast(1, "freshet.actors.generate-attempts", generateAttempts);
        requireAtLeast(1, "freshet.actors.generate-hung-limit", generateHungLimit);
        requireAtLeast(1, "freshet.actors.verify-threads", verifyThreads);
        requirePositive("freshet.actors.verify-deadline", verifyDeadline);
        requireAtLeast(1, "freshet.actors.verify-hung-limit", verifyHungLimit);
        requireAtLeastASecond("freshet.actors.score-timeout", scoreTimeout);
        requireAtLeast(1, "freshet.actors.score-hung-limit", scoreHungLimit);
        requirePositive("freshet.actors.learn-timeout", learnTimeout);
        requirePositive("freshet.actors.command-timeout", commandTimeout);
        checkpointEvery.ifPresent(every -> requirePositive("freshet.checkpoint.every", every));
        requireAtLeast(0, "freshet.checkpoint.interval", checkpointInterval);
        requireAtLeast(0, "freshet.run.rollouts-per-step", sampledRollouts);
        requireAtLeast(1, "freshet.train.max-nonfinite-steps", maxNonfiniteSteps);
    }

    public static ActorSettings from(Config config) {
        Config actors = config.getConfig("freshet.actors");
        return new ActorSettings(
                config.getBoolean("freshet.deterministic"),
                actors.getDuration("generate-timeout"),
                actors.getInt("generate-attempts"),
                actors.getInt("generate-hung-limit"),
                actors.getInt("verify-threads"),
                actors.getDuration("verify-deadline"),
                actors.getInt("verify-hung-limit"),
                actors.getDuration("score-timeout"),
                actors.getInt("score-hung-limit"),
                actors.getDuration("learn-timeout"),
                actors.getDuration("command-timeout"),
                config.getInt("freshet.checkpoint.interval"),
                durationOrOff(config, "freshet.checkpoint.every"),
                config.getInt("freshet.run.rollouts-per-step"),
                config.getInt("freshet.train.max-nonfinite-steps"));
    }

    /** The same where a passed deadline may decide, also in a deterministic run: for what is measured and never learnt from. */
    ActorSettings besideTraining() {
        return new ActorSettings(
                false,
                generateTimeout,
                generateAttempts,
                generateHungLimit,
                verifyThreads,
                verifyDeadline,
                verifyHungLimit,
                scoreTimeout,
                scoreHungLimit,
                learnTimeout,
                commandTimeout,
                checkpointInterval,
                checkpointEvery,
                sampledRollouts,
                maxNonfiniteSteps);
    }

    /** How long a command may take that has to wait for the running step. */
    Duration afterStepTimeout() {
        return learnTimeout.plus(commandTimeout);
    }

    /** @throws IllegalStateException in a deterministic run, where a passed deadline must not decide an outcome */
    void refuseToDecideByDeadline(String passed) {
        if (deterministic) {
            throw new IllegalStateException(
                    passed + "; no deadline may decide an outcome while freshet.deterministic = true: raise it");
        }
    }

    /** A few of these that pass end the run, and 5 without a unit is 5 ms. */
    private static void requireAtLeastASecond(String key, Duration value) {
        if (value.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException(name(key) + " must be at least 1 s, was " + value + " (" + key + ")");
        }
        requirePositive(key, value);
    }

    private static void requirePositive(String key, Duration value) {
        // The longest delay that Akka's scheduler takes, less some room for sums.
        if (value.isZero() || value.isNegative() || value.compareTo(Duration.ofDays(100)) > 0) {
            throw new IllegalArgumentException(
                    name(key) + " must be more than 0 and at most 100 days, was " + value + " (" + key + ")");
        }
    }

    private static void requireAtLeast(int least, String key, int value) {
        if (value < least) {
            throw new IllegalArgumentException(
                    name(key) + " must be at least " + least + ", was " + value + " (" + key + ")");
        }
    }

    private static String name(String key) {
        return key.substring(key.lastIndexOf('.') + 1);
    }

    private static Optional<Duration> durationOrOff(Config config, String key) {
        return config.getValue(key).unwrapped().equals("off") ? Optional.empty() : Optional.of(config.getDuration(key));
    }
}
