package dev.freshet.ops.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Runs a benchmark. */
public interface BenchmarkLauncher {
    /** The benchmarks that there are. */
    List<String> names();

    /**
     * Writes the result as JSON to the file asked for, or else to {@code out}.
     *
     * @return an exit code of {@link ExitCode}
     * @throws Exception if the benchmark failed
     */
    int run(Request request, PrintWriter out) throws Exception;

    /** @param name one of {@link #names} */
    record Request(String name, Optional<Path> file) {}
}
