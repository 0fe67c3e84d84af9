package dev.freshet.ops.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;

/** Runs an experiment. */
public interface ExperimentLauncher {
    /** The experiments that there are. */
    List<String> names();

    /**
     * Writes result, table and pictures into the folder asked for, and the table to {@code out}.
     *
     * @return an exit code of {@link ExitCode}: failed if a check does not hold
     * @throws Exception if a run failed
     */
    int run(Request request, PrintWriter out) throws Exception;

    /**
     * @param name one of {@link #names}
     * @param directory which must not hold a result yet
     * @param sweep more arms and seeds, for more time
     */
    record Request(String name, Path directory, boolean sweep) {}
}
