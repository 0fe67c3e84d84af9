package dev.freshet.ops.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;

/** Prepares a rehearsal set of a checkpoint's policy. */
@FunctionalInterface
public interface RehearsalLauncher {
    /**
     * Writes the set, and to {@code out} what it holds.
     *
     * @return an exit code of {@link ExitCode}
     * @throws IllegalArgumentException if the checkpoint, the directory or a setting is refused, or the policy has mastered nothing
     * @throws Exception if sampling failed
     */
    int prepare(Request request, PrintWriter out) throws Exception;

    /**
     * @param directory that the set is written to, which must not exist
     * @param overrides of the settings of the checkpoint's run, each {@code key=value}
     */
    record Request(Path checkpoint, Path directory, List<String> overrides) {
        public Request {
            overrides = List.copyOf(overrides);
        }
    }
}
