package dev.freshet.ops.run;

import com.typesafe.config.Config;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Where a run's files go and how large they grow; the keys are documented in {@code run.conf}.
 *
 * @param directory the folder in which each run has its own
 * @param name of the run's folder; empty when it is made from the time of the start
 * @param rolloutsPerStep rollouts of each step that are decoded and kept
 */
public record RunSettings(
        Path directory, String name, int rolloutsPerStep, Rotation journalFiles, Rotation rolloutFiles) {
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
    }

    /** @throws IllegalArgumentException naming the value, the rule and the key */
    public static RunSettings from(Config config) {
        Config run = config.getConfig("freshet.run");
        return new RunSettings(
                Path.of(run.getString("directory")),
                run.getString("name"),
                run.getInt("rollouts-per-step"),
                Rotation.from(run, "journal"),
                Rotation.from(run, "rollouts"));
    }

    /** The run's own folder. */
    public Path runDirectory(Instant start) {
        return directory.resolve(name.isEmpty() ? NAME_BY_TIME.format(start) : name);
    }

    /**
     * When a growing file is set aside, and how many are kept.
     *
     * @param fileSize bytes after which the next file is begun
     * @param files files kept, the growing one included
     */
    public record Rotation(long fileSize, int files) {
        private static final long SMALLEST_FILE = 64 * 1024;

        private static Rotation from(Config run, String name) {
            long fileSize = run.getBytes(name + ".file-size");
            int files = run.getInt(name + ".files");
            if (fileSize < SMALLEST_FILE) {
                throw new IllegalArgumentException("file-size must be at least 64 KiB, was " + fileSize
                        + " bytes (freshet.run." + name + ".file-size)");
            }
            if (files < 1) {
                throw new IllegalArgumentException(
                        "files must be at least 1, was " + files + " (freshet.run." + name + ".files)");
            }
            return new Rotation(fileSize, files);
        }
    }
}
