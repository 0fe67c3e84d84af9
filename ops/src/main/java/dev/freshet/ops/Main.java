package dev.freshet.ops;

import com.typesafe.config.Config;
import dev.freshet.model.engine.EngineSelfTest;
import dev.freshet.model.text.HuggingFaceTextTokenizer;
import dev.freshet.ops.bench.Benchmarks;
import dev.freshet.ops.cli.BenchCommand;
import dev.freshet.ops.cli.CtlCommand;
import dev.freshet.ops.cli.DoctorCommand;
import dev.freshet.ops.cli.EngineProbe;
import dev.freshet.ops.cli.EvalCommand;
import dev.freshet.ops.cli.ExitCode;
import dev.freshet.ops.cli.ExperimentCommand;
import dev.freshet.ops.cli.FreshetCommand;
import dev.freshet.ops.cli.GenerateCommand;
import dev.freshet.ops.cli.OutOfMemoryExit;
import dev.freshet.ops.cli.RehearsalCommand;
import dev.freshet.ops.cli.SettingsLoader;
import dev.freshet.ops.cli.TerminationSignals;
import dev.freshet.ops.cli.TrainCommand;
import dev.freshet.ops.cli.VersionCommand;
import dev.freshet.ops.experiment.Experiments;
import dev.freshet.ops.run.RunSettings;
import dev.freshet.ops.training.CheckpointCompletion;
import dev.freshet.ops.training.CheckpointEvaluation;
import dev.freshet.ops.training.RehearsalPreparation;
import dev.freshet.ops.training.TrainingRun;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine;

/** Where the program starts: the commands, each wired by its constructor. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        OutOfMemoryExit.install();
        TerminationSignals signals = TerminationSignals.install();
        PrintWriter out = new PrintWriter(System.out, true, Charset.defaultCharset());
        signals.exit(exitCode(commands(signals, out), arguments));
    }

    static CommandLine commands(TerminationSignals signals, PrintWriter out) {
        Clock clock = Clock.systemUTC();
        Instant processStart = ProcessHandle.current().info().startInstant().orElseGet(clock::instant);
        SettingsLoader settings = new SettingsLoader();
        Function<Config, Path> newRunDirectory =
                config -> RunSettings.from(config).runDirectory(clock.instant());
        return FreshetCommand.with(List.of(
                new TrainCommand(settings, newRunDirectory, new TrainingRun(out, clock, processStart, signals)),
                new CtlCommand(),
                new EvalCommand(new CheckpointEvaluation()),
                new GenerateCommand(new CheckpointCompletion()),
                new RehearsalCommand(new RehearsalPreparation()),
                new BenchCommand(new Benchmarks()),
                new ExperimentCommand(new Experiments()),
                new DoctorCommand(settings, newRunDirectory, Main::probeEngine),
                new VersionCommand()));
    }

    private static EngineProbe.Engine probeEngine() {
        HuggingFaceTextTokenizer.loadLibrary();
        EngineSelfTest test = EngineSelfTest.run();
        return new EngineProbe.Engine(test.name(), test.version(), test.bindingVersion(), test.devices());
    }

    /** Memory that Java code itself refuses, as for direct buffers, is not what ends the JVM by itself. */
    private static int exitCode(CommandLine commands, String[] arguments) {
        try {
            return commands.execute(arguments);
        } catch (OutOfMemoryError exhausted) {
            commands.getErr().println("freshet: out of memory: " + exhausted.getMessage() + "; raise FRESHET_HEAP");
            return ExitCode.OUT_OF_MEMORY;
        }
    }
}
