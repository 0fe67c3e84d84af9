package dev.freshet.ops.experiment;

import dev.freshet.ops.cli.ExitCode;
import dev.freshet.ops.cli.ExperimentLauncher;
import dev.freshet.ops.run.AtomicFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** The experiments by name. */
public final class Experiments implements ExperimentLauncher {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final Duration LONGEST_RUN = Duration.ofMinutes(20);

    @Override
    public List<String> names() {
        return List.of("divergences", "fdpg", "dph", "flat", "sft-dpo", "saf", "distill");
    }

    @Override
    public int run(Request request, PrintWriter out) throws Exception {
        return run(experiment(request), request.directory(), out);
    }

    static int run(Experiment experiment, Path directory, PrintWriter out) throws Exception {
        requireNew(directory);
        Consumer<String> log = line -> {
            out.println(line);
            out.flush();
        };
        log.accept(experiment.name() + " with " + experiment.settings());
        long start = System.nanoTime();
        ArmTable table = new ArmTable(experiment.run(new ExperimentRuns(directory.resolve("runs"), log, LONGEST_RUN)));
        double seconds = (System.nanoTime() - start) / NANOS_PER_SECOND;
        ExperimentResult result = ExperimentResult.of(experiment, seconds, table);
        AtomicFile.replace(directory.resolve("result.json"), result.toJson());
        AtomicFile.replace(directory.resolve("result.csv"), Tables.csv(table, experiment.metrics()));
        Files.write(directory.resolve("result.png"), ArmPicture.png(table, experiment.metrics()));
        log.accept(Tables.text(table, experiment.metrics()));
        experiment.orderings().forEach(ordering -> log.accept(ordering.beside(table)));
        result.checks().forEach(check -> log.accept(check.toString()));
        log.accept(String.format(Locale.ROOT, "%s took %.0f s; results in %s", experiment.name(), seconds, directory));
        return result.passes() ? ExitCode.DONE : ExitCode.FAILED;
    }

    private static Experiment experiment(Request request) {
        return switch (request.name()) {
            case "divergences" -> new DivergencesExperiment(DivergencesExperiment.Settings.full(request.sweep()));
            case "fdpg" -> new FdpgExperiment(FdpgExperiment.Settings.full(request.sweep()));
            case "dph" -> new DphExperiment(DphExperiment.Settings.full(request.sweep()));
            case "flat" -> new FlatExperiment(FlatExperiment.Settings.full(request.sweep()));
            case "saf" -> new SafExperiment(SafExperiment.Settings.full(request.sweep()));
            case "sft-dpo" -> new SftDpoExperiment(SftDpoExperiment.Settings.full(request.sweep()));
            case "distill" -> new DistillExperiment(DistillExperiment.Settings.full(request.sweep()));
            default -> throw new IllegalArgumentException("there is no experiment " + request.name());
        };
    }

    /** Before hours of runs, so that none are in vain and none are written over. */
    private static void requireNew(Path directory) throws IOException {
        if (Files.exists(directory)) {
            throw new IllegalArgumentException(
                    "the folder of an experiment must not exist, " + directory + " does; name another (--out)");
        }
        Files.createDirectories(directory);
    }
}
