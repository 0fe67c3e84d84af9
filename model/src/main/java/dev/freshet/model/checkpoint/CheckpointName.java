package dev.freshet.model.checkpoint;

import dev.freshet.model.rollout.PolicyVersion;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names of directories in a store: {@code step-000120} is a checkpoint, the same with a dot and a word before it is not one. */
final class CheckpointName {
    /** Being written; worthless until renamed. */
    static final String WRITING = ".writing-";
    /** A checkpoint that makes room for another of its version; restored when that did not arrive. */
    static final String REPLACED = ".replaced-";
    /** Being deleted. */
    static final String DELETING = ".deleting-";

    private static final Pattern STEP = Pattern.compile("step-(\\d{6,18})");

    private CheckpointName() {}

    static String of(PolicyVersion version) {
        return String.format(Locale.ROOT, "step-%06d", version.number());
    }

    /** Empty when {@code path} is not named as a checkpoint. */
    static Optional<PolicyVersion> versionOf(Path path) {
        Matcher step = STEP.matcher(path.getFileName().toString());
        return step.matches() ? Optional.of(new PolicyVersion(Long.parseLong(step.group(1)))) : Optional.empty();
    }

    /** A copy may have any name, but not that of another step. */
    static void checkMatches(Path directory, PolicyVersion version) {
        if (versionOf(directory).filter(named -> !named.equals(version)).isPresent()) {
            throw new CheckpointException(Manifest.STATE + " must have the version that " + directory.getFileName()
                    + " names, had " + version.number());
        }
    }
}
