package dev.freshet.ops.cli;

import com.typesafe.config.Config;
import dev.freshet.ops.run.RunDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Trains, or goes on training. Without arguments it trains the embedded quickstart. */
@Command(name = "train", description = "Trains; without arguments, the embedded quickstart.")
public final class TrainCommand implements Callable<Integer> {
    private static final String SETTINGS_OF_A_RUN = "config.conf";

    private final SettingsLoader loader;
    private final Function<Config, Path> newRunDirectory;
    private final TrainingLauncher launcher;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Settings over the defaults. With --resume: instead of those that the run was started with.")
    private @Nullable Path config;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "One setting over all others, as in freshet.train.steps=100. May be given many times.")
    private List<String> overrides = new ArrayList<>();

    @Option(
            names = "--run-dir",
            paramLabel = "DIR",
            description =
                    "Where the run keeps its files: new or empty, unless resumed. Default: a new one below runs/.")
    private @Nullable Path runDirectory;

    @Option(
            names = "--resume",
            description = "Go on from the newest good checkpoint in --run-dir; from the warm-up, if there is none yet.")
    private boolean resume;

    @Option(
            names = "--resume-or-begin",
            description =
                    "As --resume if --run-dir holds a run, else begin one there; for whoever starts it again and again.")
    private boolean resumeOrBegin;

    /** @param newRunDirectory names a directory for a run whose user named none */
    public TrainCommand(SettingsLoader loader, Function<Config, Path> newRunDirectory, TrainingLauncher launcher) {
        this.loader = loader;
        this.newRunDirectory = newRunDirectory;
        this.launcher = launcher;
    }

    @Override
    public Integer call() throws Exception {
        if (resume || resumeOrBegin) {
            Path directory = namedDirectory();
            if (resumeOrBegin && !RunDirectory.holdsRun(directory)) {
                return begin(directory);
            }
            requireRun(directory);
            Config settings = loader.load(config != null ? config : directory.resolve(SETTINGS_OF_A_RUN), overrides);
            return launcher.launch(settings, directory, ResumeMode.RESUME);
        }
        return begin(runDirectory);
    }

    /** @param named the directory that the user named, or null */
    private int begin(@Nullable Path named) throws Exception {
        Config settings = config != null ? loader.load(config, overrides) : loader.defaults(overrides);
        Path directory = named != null ? named : newRunDirectory.apply(settings);
        return launcher.launch(settings, directory, ResumeMode.FRESH);
    }

    private Path namedDirectory() {
        if (runDirectory == null) {
            String option = resumeOrBegin ? "--resume-or-begin" : "--resume";
            throw new ParameterException(
                    spec.commandLine(), option + " needs --run-dir: name the directory of the run that shall go on");
        }
        return runDirectory;
    }

    private static void requireRun(Path directory) {
        if (!Files.isDirectory(directory)) {
            throw new IllegalArgumentException("run directory " + directory
                    + " does not exist; name that of a run (--run-dir), or leave out --resume");
        }
        if (!RunDirectory.holdsRun(directory)) {
            throw new IllegalArgumentException("run directory " + directory
                    + " holds no run to resume; name that of a run (--run-dir), or leave out --resume");
        }
    }
}
