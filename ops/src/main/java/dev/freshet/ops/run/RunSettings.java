package dev.freshet.ops.run;

import com.typesafe.config.Config;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where a run's files go and how large they grow; the keys are documented in {@code run.conf}.
 *
 * @param directory the folder in which each run has its own
 * @param name of the run's folder; empty when it is made from the time of the start
 * @param rolloutsPerStep rollouts of each step that are decoded and kept
 * @param minFreeSpace bytes that the disk must have at the start
 * @param sampleFiles pictures of samples that are kept
 */
public record RunSettings(
        Path directory,
        String name,
        int rolloutsPerStep,
        long minFreeSpace,
        int sampleFiles,
        Rotation journalFiles,
        Rotation metricsFiles,
        Rotation rolloutFiles) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]*");
    private static final DateTimeFormatter NAME_BY_TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);

    public RunSettings {
        if (!name.isEmpty() && !NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("a run's name must be made of letters, digits, '.', '_' and '-', and not"
                    + " begin with a '.', was \"" + name + "\" (freshet.run.name)");
        }
        if (rolloutsPerStep < 0) {
            throw new IllegalArgumentException("rollouts-per-step must be at least 0, was " + rolloutsPerStep
                    + " (freshet.run.rollouts-per-step)");
        }
        if (minFreeSpace < 0) {
            throw new IllegalArgumentException(
                    "min-free-space must be at least 0, was " + minFreeSpace + " bytes (freshet.run.min-free-space)");
        }
        if (sampleFiles < 1) {
            throw new IllegalArgumentException(
                    "files must be at least 1, was " + sampleFiles + " (freshet.run.samples.files)");
        }
    }

    /** @throws IllegalArgumentException naming the value, the rule and the key */
    public static RunSettings from(Config config) {
        Config run = config.getConfig("freshet.run");
        return new RunSettings(
                Path.of(run.getString("directory")),
                run.getString("name"),
                run.getInt("rollouts-per-step"),
                run.getBytes("min-free-space"),
                run.getInt("samples.files"),
                Rotation.from(config, "freshet.run.journal"),
                Rotation.from(config, "freshet.run.metrics"),
                Rotation.from(config, "freshet.run.rollouts"));
    }

    /** The run's own folder. */
    public Path runDirectory(Instant start) {
        return directory.resolve(name.isEmpty() ? NAME_BY_TIME.format(start) : name);
    }

    /**
     * When a growing file is set aside, and which are kept.
     *
     * @param fileSize bytes after which the next file is begun
     * @param files files kept, the growing one included
     * @param maxAge of the newest line of a file that is kept; empty: any
     */
    public record Rotation(long fileSize, int files, Optional<Duration> maxAge) {
        private static final long SMALLEST_FILE = 64 * 1024;
        private static final String ANY_AGE = "off";

        /** Files of any age. */
        public Rotation(long fileSize, int files) {
            this(fileSize, files, Optional.empty());
        }

        /** Reads {@code file-size}, {@code files} and {@code max-age} below {@code key}. */
        public static Rotation from(Config config, String key) {
            long fileSize = config.getBytes(key + ".file-size");
            int files = config.getInt(key + ".files");
            if (fileSize < SMALLEST_FILE) {
                throw new IllegalArgumentException(
                        "file-size must be at least 64 KiB, was " + fileSize + " bytes (" + key + ".file-size)");
            }
            if (files < 1) {
                throw new IllegalArgumentException("files must be at least 1, was " + files + " (" + key + ".files)");
            }
            return new Rotation(fileSize, files, maxAge(config, key + ".max-age"));
        }

        /** Reads an age, at least a minute, or {@code off}. */
        public static Optional<Duration> maxAge(Config config, String key) {
            String text = config.getString(key);
            if (text.equals(ANY_AGE)) {
                return Optional.empty();
            }
            Duration maxAge = config.getDuration(key);
            if (maxAge.compareTo(Duration.ofMinutes(1)) < 0) {
                throw new IllegalArgumentException(
                        "max-age must be off or at least 1 minute, was " + text + " (" + key + ")");
            }
            return Optional.of(maxAge);
        }

        /**
         * Why a file is not kept any more, or empty.
         *
         * @param newer files that are newer than it
         * @param newestLine when its newest line was written
         */
        Optional<String> surplus(int newer, Instant newestLine, Instant now) {
            if (newer >= files) {
                return Optional.of("more than " + files + " files");
            }
            return maxAge.filter(age -> newestLine.plus(age).isBefore(now)).map(age -> "older than " + inWords(age));
        }

        private static String inWords(Duration age) {
            if (age.compareTo(Duration.ofDays(2)) >= 0) {
                return age.toDays() + " days";
            }
            return age.toMinutes() + " minutes";
        }
    }
}
