package dev.freshet.ops.cli;

import com.typesafe.config.Config;
import dev.freshet.ops.control.ControlSettings;
import dev.freshet.ops.listen.Listening;
import dev.freshet.ops.metrics.MetricsServer;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Says whether this machine can run Freshet, and what to do if it cannot. */
@Command(name = "doctor", description = "Says whether this machine is fit for a run, and what is wrong if not.")
public final class DoctorCommand implements Callable<Integer> {
    private static final List<String> DEVICES =
            List.of("freshet.generation.device", "freshet.train.device", "freshet.reference-scorer.device");

    private final SettingsLoader loader;
    private final Function<Config, Path> newRunDirectory;
    private final EngineProbe engine;

    @Spec
    private CommandSpec spec;

    @Option(names = "--config", paramLabel = "FILE", description = "Settings of the run in question.")
    private @Nullable Path config;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "One setting over all others. May be given many times.")
    private List<String> overrides = new ArrayList<>();

    @Option(names = "--run-dir", paramLabel = "DIR", description = "Where that run would keep its files.")
    private @Nullable Path runDirectory;

    /** @param newRunDirectory names a directory for a run whose user named none */
    public DoctorCommand(SettingsLoader loader, Function<Config, Path> newRunDirectory, EngineProbe engine) {
        this.loader = loader;
        this.newRunDirectory = newRunDirectory;
        this.engine = engine;
    }

    @Override
    public Integer call() {
        Config settings = config != null ? loader.load(config, overrides) : loader.defaults(overrides);
        List<Finding> findings =
                new ArrayList<>(List.of(MachineChecks.java(), MachineChecks.system(), MachineChecks.memory()));
        findings.addAll(MachineChecks.engine(
                engine, DEVICES.stream().collect(Collectors.toMap(key -> key, settings::getString))));
        findings.addAll(List.of(
                MachineChecks.port(ControlSettings.from(settings).listening().address()),
                MachineChecks.port(Listening.from(settings, MetricsServer.KEY).address()),
                MachineChecks.runDirectory(runDirectory != null ? runDirectory : newRunDirectory.apply(settings))));
        findings.forEach(this::print);
        return findings.stream().allMatch(Finding::isFine) ? ExitCode.DONE : ExitCode.FAILED;
    }

    private void print(Finding finding) {
        PrintWriter out = spec.commandLine().getOut();
        out.printf("%-5s  %-12s  %s%n", finding.isFine() ? "ok" : "WRONG", finding.subject(), finding.detail());
        if (!finding.isFine()) {
            out.printf("%-5s  %-12s  -> %s%n", "", "", finding.remedy());
        }
    }
}
