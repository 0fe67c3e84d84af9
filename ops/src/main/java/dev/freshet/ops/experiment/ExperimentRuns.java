package dev.freshet.ops.experiment;

import dev.freshet.ops.bench.TrainProcess;
import dev.freshet.ops.bench.TrainProcess.Launch;
import dev.freshet.ops.cli.RehearsalLauncher;
import dev.freshet.ops.training.RehearsalPreparation;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Runs of {@code ./freshet train}, each a process of its own, in folders below an experiment's.
 *
 * @param log takes a line for people now and then
 * @param deadline of one run
 */
record ExperimentRuns(Path directory, Consumer<String> log, Duration deadline) {
    private static final double NANOS_PER_SECOND = 1e9;

    /**
     * Trains to the end.
     *
     * @param name of the run's folder, which must not exist
     * @param settings each {@code key=value}
     */
    FinishedRun train(String name, List<String> settings) throws IOException, InterruptedException {
        Path run = directory.resolve(name);
        Files.createDirectories(directory);
        long start = System.nanoTime();
        Launch launch = Launch.fresh(run, directory.resolve(name + ".out"), settings.toArray(String[]::new));
        try (TrainProcess process = TrainProcess.start(launch)) {
            process.requireDone(deadline);
        }
        double seconds = (System.nanoTime() - start) / NANOS_PER_SECOND;
        log.accept(String.format(Locale.ROOT, "  %s took %.0f s", name, seconds));
        return new FinishedRun(run, seconds);
    }

    /** Runs in a folder of these. */
    ExperimentRuns within(String folder) {
        return new ExperimentRuns(directory.resolve(folder), log, deadline);
    }

    /** A rehearsal set of a checkpoint's policy, in a folder that must not exist. */
    Path rehearsal(String name, Path checkpoint) throws Exception {
        Path set = directory.resolve(name);
        long start = System.nanoTime();
        StringWriter told = new StringWriter();
        var unused = new RehearsalPreparation()
                .prepare(new RehearsalLauncher.Request(checkpoint, set, List.of()), new PrintWriter(told, true));
        double seconds = (System.nanoTime() - start) / NANOS_PER_SECOND;
        told.toString().lines().forEach(line -> log.accept("  " + line));
        log.accept(String.format(Locale.ROOT, "  %s took %.0f s", name, seconds));
        return set;
    }

    /** A policy that is warmed up once, for several arms to begin from. */
    FinishedRun base(long seed, List<String> settings) throws IOException, InterruptedException {
        return train(
                "base-" + seed,
                Stream.concat(
                                settings.stream(),
                                Stream.of(
                                        "freshet.train.seed=" + seed,
                                        "freshet.train.steps=1",
                                        "freshet.evaluation.at=[start]"))
                        .toList());
    }
}
