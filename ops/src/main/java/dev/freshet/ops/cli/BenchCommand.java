package dev.freshet.ops.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Measures this machine and this build. */
@Command(name = "bench", description = "Runs a benchmark and writes its result as JSON.")
public final class BenchCommand implements Callable<Integer> {
    private final BenchmarkLauncher launcher;

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "NAME",
            description = "The benchmark's name; a name that does not exist lists those that do.")
    private String name;

    @Option(names = "--out", paramLabel = "FILE", description = "Where the result goes. Default: standard output.")
    private @Nullable Path file;

    public BenchCommand(BenchmarkLauncher launcher) {
        this.launcher = launcher;
    }

    @Override
    public Integer call() throws Exception {
        KnownNames.require(spec, "benchmark", name, launcher.names());
        return launcher.run(
                new BenchmarkLauncher.Request(name, Optional.ofNullable(file)),
                spec.commandLine().getOut());
    }
}
