package dev.freshet.ops.bench;

import dev.freshet.ops.bench.TrainProcess.Launch;
import dev.freshet.ops.cli.ResumeMode;
import dev.freshet.ops.run.RunFiles;
import dev.freshet.streams.PipelineEvent.DivergenceSwitched;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** One run that is killed again and again, and resumed each time. */
final class KilledRun {
    private final String name;
    private final RunFiles files;
    private final List<String> settings;
    private final Duration deadline;
    private final Optional<SplittableRandom> switches;
    private final List<DivergenceSwitched> answered = new ArrayList<>();
    private int starts;

    /**
     * @param name for people
     * @param directory of the run, not there yet
     * @param deadline of every wait
     * @param switches draws what a run that is to be killed is switched to; empty: nobody steers it
     */
    KilledRun(
            String name,
            Path directory,
            List<String> settings,
            Duration deadline,
            Optional<SplittableRandom> switches) {
        this.name = name;
        this.files = new RunFiles(directory);
        this.settings = List.copyOf(settings);
        this.deadline = deadline;
        this.switches = switches;
    }

    /**
     * One death.
     *
     * @param start of the run's process, from 1
     * @param version of the newest step that is journalled
     * @param age of the process
     */
    record Kill(String run, int start, KillMoment moment, KillPhase phase, long version, Duration age) {
        Map<String, Object> toMap() {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("run", run);
            fields.put("start", start);
            fields.put("trigger", moment.trigger().toString().toLowerCase(Locale.ROOT));
            fields.put("times", moment.times());
            fields.put("later_seconds", moment.later().toNanos() / 1e9);
            fields.put("phase", phase.label());
            fields.put("version", version);
            fields.put("age_seconds", age.toNanos() / 1e9);
            return fields;
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "  %s: kill %d while %s, at v%d, %.1f s old",
                    run,
                    start,
                    phase.label(),
                    version,
                    age.toNanos() / 1e9);
        }
    }

    String name() {
        return name;
    }

    RunFiles files() {
        return files;
    }

    /** Switches of the divergence that the run said were in force, in the order of its answers. */
    List<DivergenceSwitched> answered() {
        return List.copyOf(answered);
    }

    /**
     * Starts or resumes the run, and kills it at that moment, with no checkpoint ordered before.
     *
     * @return empty if the run has ended before
     * @throws IOException if it ended otherwise than well, or does not go on
     */
    Optional<Kill> killAt(KillMoment moment) throws IOException, InterruptedException {
        int attempts = attempts();
        RunWatch watch = new RunWatch(files);
        try (TrainProcess process = start()) {
            Optional<RandomSwitches> steering = switches.map(random -> RandomSwitches.of(process, random.split()));
            try {
                return killAt(moment, process, watch, attempts);
            } finally {
                process.kill();
                if (steering.isPresent()) {
                    steering.get().end();
                    answered.addAll(steering.get().answered());
                }
            }
        }
    }

    private Optional<Kill> killAt(KillMoment moment, TrainProcess process, RunWatch watch, int attempts)
            throws IOException, InterruptedException {
        boolean reached =
                process.await("a moment to be killed at", () -> watch.has(moment.trigger(), moment.times()), deadline)
                        && waited(process, moment.later());
        if (!reached) {
            process.requireDone(deadline);
            return Optional.empty();
        }
        Duration age = process.age();
        process.kill();
        List<AuditedLine> attempt = AuditedLine.of(files.events()).stream()
                .filter(line -> line.attempt() > attempts)
                .toList();
        return Optional.of(new Kill(name, starts, moment, KillPhase.of(attempt, files), version(), age));
    }

    /** Starts or resumes the run, and lets it end. */
    Duration finish() throws IOException, InterruptedException {
        try (TrainProcess process = start()) {
            process.requireDone(deadline);
            return process.age();
        }
    }

    /** A folder without settings holds no run yet. */
    private TrainProcess start() throws IOException {
        starts++;
        ResumeMode mode = Files.exists(files.config()) ? ResumeMode.RESUME : ResumeMode.FRESH;
        Path output = files.root().resolveSibling(files.root().getFileName() + "-" + starts + ".txt");
        return TrainProcess.start(new Launch(files.root(), mode, settings, javaOptions(), output));
    }

    /** Of so short a life, compiling for speed would take a third. */
    private static List<String> javaOptions() {
        return Stream.concat(TrainProcess.ownJavaOptions().stream(), Stream.of("-XX:TieredStopAtLevel=1"))
                .toList();
    }

    private static boolean waited(TrainProcess process, Duration later) throws IOException {
        long end = System.nanoTime() + later.toNanos();
        return process.await("the end of a delay", () -> System.nanoTime() >= end, later.plusMinutes(1))
                && process.isAlive();
    }

    private int attempts() throws IOException {
        return AuditedLine.of(files.events()).stream()
                .mapToInt(AuditedLine::attempt)
                .max()
                .orElse(0);
    }

    private long version() throws IOException {
        return AuditedLine.of(files.events()).stream()
                .filter(line -> line.type().equals("StepTrained"))
                .mapToLong(line -> line.event().path("report").path("version").asLong())
                .reduce(0, (earlier, later) -> later);
    }
}
