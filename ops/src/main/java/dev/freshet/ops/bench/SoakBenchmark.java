package dev.freshet.ops.bench;

import dev.freshet.ops.bench.TrainProcess.Launch;
import dev.freshet.ops.cli.ResumeMode;
import dev.freshet.ops.control.caller.Call;
import dev.freshet.ops.run.RunFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Whether a run lasts while it is scraped every second and steered at random: the quickstart, made longer, as a process of its own
 * with a heap of one size. Its resident memory must not grow, every command has to be answered by what is right, the log must hold
 * no error, and the journal has to account for every group, switch and pause. How soon a pause takes hold of the generators is
 * measured in this process beforehand.
 */
record SoakBenchmark(Settings settings) implements Benchmark {
    private static final double SECONDS_PER_HOUR = 3600;

    /**
     * @param duration from the first step on
     * @param settledAfter the first step, memory counts
     * @param peakOf memory is looked at every second, and the most of each such time counts: what is in use comes and goes within a
     *     step and is resident until the next trim, so that single looks are far apart, and a leak raises the peaks as it does the rest
     * @param block of the peaks whose dependence the slope's interval takes into account
     * @param between mean time from a command's answer to the next command
     * @param calls that the client may send
     * @param watches whether another client watches all events
     * @param heap of the process, as {@code 512m}
     * @param pauses that are measured beforehand
     * @param mostChunks that may end after a command to pause now
     * @param mostMegabytesAnHour that memory may grow by
     * @param slowestScrape at the 99th percentile
     * @param deadline of every wait
     * @param overrides of the quickstart's settings
     */
    record Settings(
            Duration duration,
            Duration settledAfter,
            Duration peakOf,
            Duration block,
            Duration between,
            Set<Call> calls,
            boolean watches,
            String heap,
            int pauses,
            int mostChunks,
            double mostMegabytesAnHour,
            Duration slowestScrape,
            Duration deadline,
            long seed,
            List<String> overrides) {
        Settings {
            calls = calls.isEmpty() ? Set.of() : EnumSet.copyOf(calls);
            overrides = List.copyOf(overrides);
            if (peakOf.toSeconds() < 1 || block.compareTo(peakOf) < 0) {
                throw new IllegalArgumentException("peaks must be of a second or more and at most of a block, were of "
                        + peakOf + ", in blocks of " + block);
            }
            if (duration.minus(settledAfter).compareTo(block.multipliedBy(2)) <= 0) {
                throw new IllegalArgumentException(
                        "a soak must last longer than it takes to settle and two blocks, was " + duration
                                + ", settled after " + settledAfter + ", in blocks of " + block);
            }
        }

        static Settings full() {
            return new Settings(
                    Duration.ofMinutes(60),
                    Duration.ofMinutes(15), // The JVM goes on compiling for about so long.
                    Duration.ofSeconds(30), // Twice the time between two trims.
                    Duration.ofMinutes(6), // Garbage is collected every five.
                    Duration.ofMillis(500),
                    EnumSet.allOf(Call.class),
                    true,
                    "512m",
                    30,
                    1,
                    5,
                    Duration.ofMillis(50),
                    Duration.ofMinutes(15),
                    1,
                    List.of("freshet.train.steps=1000000"));
        }

        /** Without a schedule, each step reports the learning rate that was set. */
        private List<String> ofTheRun() {
            return Stream.concat(
                            Stream.of(
                                    "freshet.train.learning-rate-warm-up-steps=0",
                                    "freshet.train.learning-rate-schedule=constant"),
                            overrides.stream())
                    .toList();
        }

        /** As it has to be for what is not heap to be seen. */
        private List<String> javaOptions() {
            return Stream.concat(
                            TrainProcess.ownJavaOptions().stream(),
                            Stream.of("-XX:+UseSerialGC", "-Xms" + heap, "-Xmx" + heap, "-XX:+AlwaysPreTouch"))
                    .toList();
        }
    }

    @Override
    public List<Result> run(Consumer<String> log) throws Exception {
        SplittableRandom random = new SplittableRandom(settings.seed());
        List<Result> results = new ArrayList<>();
        results.addAll(pauses(random.split()));
        Path root = Files.createTempDirectory("freshet-soak");
        RunFiles files = new RunFiles(root.resolve("run"));
        Launch launch = new Launch(
                files.root(), ResumeMode.FRESH, settings.ofTheRun(), settings.javaOptions(), root.resolve("output"));
        try (TrainProcess process = TrainProcess.start(launch)) {
            Soak soak = new Soak(settings, process, files, random, log);
            soak.run();
            results.addAll(results(soak, process, files, random));
        }
        if (results.stream().allMatch(result -> result.violations().isEmpty())) {
            DiscardedRun.delete(root);
        } else {
            log.accept("the run is left in " + root);
        }
        return results;
    }

    private List<Result> pauses(SplittableRandom random) throws Exception {
        PauseTrial.Findings found = new PauseTrial(
                        Quickstart.config(settings.overrides().toArray(String[]::new)),
                        settings.pauses(),
                        Duration.ofSeconds(1),
                        random)
                .take();
        return List.of(found.result(settings.mostChunks()));
    }

    private List<Result> results(Soak soak, TrainProcess process, RunFiles files, SplittableRandom random)
            throws Exception {
        List<Result> results = new ArrayList<>();
        results.addAll(memory(soak, random));
        results.add(scrapes(soak));
        results.addAll(soak.commands());
        results.add(journal(soak, process, files));
        return results;
    }

    private List<Result> memory(Soak soak, SplittableRandom random) {
        List<Double> all = soak.memory().samples();
        List<Double> settled =
                all.subList((int) Math.min(all.size(), settings.settledAfter().toSeconds()), all.size());
        int peakOf = (int) settings.peakOf().toSeconds();
        int block = (int) settings.block().toSeconds();
        Slope ofPeaks = Slope.of(peaks(settled, peakOf), block / peakOf, random).times(SECONDS_PER_HOUR / peakOf);
        Slope ofAll = Slope.of(settled, block, random).times(SECONDS_PER_HOUR);
        Map<String, Object> told = new LinkedHashMap<>(interval(ofAll));
        told.put("seconds", settled.size());
        told.put("heap", settings.heap());
        told.put(
                "samples_every_10_seconds",
                IntStream.iterate(0, i -> i < all.size(), i -> i + 10)
                        .mapToObj(all::get)
                        .toList());
        return List.of(
                new Result("resident_peak_slope", ofPeaks.value(), "MB/hour", interval(ofPeaks))
                        .atMost(settings.mostMegabytesAnHour()),
                new Result("resident_slope", ofAll.value(), "MB/hour", told));
    }

    private static Map<String, Object> interval(Slope slope) {
        return Map.of("low", slope.low(), "high", slope.high(), "interval", "95 %, moving-block bootstrap");
    }

    /** The most of each {@code length} samples; a rest that is shorter does not count. */
    private static List<Double> peaks(List<Double> samples, int length) {
        return IntStream.rangeClosed(1, samples.size() / length)
                .mapToObj(i -> Collections.max(samples.subList((i - 1) * length, i * length)))
                .toList();
    }

    private Result scrapes(Soak soak) {
        List<String> violations = new ArrayList<>(soak.scrapes().failures());
        double slowest = soak.scrapes().latencies().quantile(0.99);
        if (slowest > settings.slowestScrape().toMillis()) {
            violations.add("a scrape must take at most " + settings.slowestScrape() + " at the 99th percentile, took "
                    + slowest + " ms");
        }
        return soak.scrapes().latencies().result("scrape_latency", Map.of(Result.VIOLATIONS, violations));
    }

    /** What the run itself tells, when it has ended. */
    private Result journal(Soak soak, TrainProcess process, RunFiles files) throws Exception {
        List<String> violations = new ArrayList<>(soak.errors());
        List<AuditedLine> lines = AuditedLine.of(files.events());
        JournalAudit.Findings groups = JournalAudit.of(lines);
        SteeringAudit.Findings steering = SteeringAudit.of(lines);
        violations.addAll(groups.violations());
        violations.addAll(steering.violations());
        if (!groups.finished()) {
            violations.add("the journal must end with the run's end, and does not");
        }
        violations.addAll(LogErrors.in(process.printed(), files.root()));
        Map<String, Object> extra = new LinkedHashMap<>();
        extra.put("divergence_switches", steering.switches());
        extra.put("parameter_changes", steering.parameters());
        extra.put("pauses", steering.pauses());
        extra.put("events", lines.size());
        extra.put("events_watched", soak.eventsWatched());
        extra.put("event_streams", soak.eventStreams());
        extra.put("max_staleness", groups.maxStaleness());
        extra.put("staleness_bound", groups.stalenessBound());
        extra.put(Result.VIOLATIONS, violations);
        return new Result("steps", groups.version(), "steps", extra);
    }
}
