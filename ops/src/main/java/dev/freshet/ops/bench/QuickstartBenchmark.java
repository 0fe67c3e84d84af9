package dev.freshet.ops.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * {@code ./freshet train}, once with each of several divergences, each in a process of its own: how long it takes, and what it does to
 * the answers on held-out problems. All figures are those of its {@code summary.json}.
 */
record QuickstartBenchmark(Settings settings) implements Benchmark {
    /**
     * @param divergences specs
     * @param overrides of the quickstart's settings
     * @param deadline of one run
     */
    record Settings(List<String> divergences, List<String> overrides, Duration deadline, Bars bars) {
        static Settings full() {
            return new Settings(
                    List.of("none", "js", "reverse-kl", "forward-kl"),
                    List.of(),
                    Duration.ofMinutes(20),
                    new Bars(180, 0.6, 0.9, 0.02, 1));
        }
    }

    /**
     * What each run is held to.
     *
     * @param mostSeconds from the start of the process, warm-up included
     * @param mostBefore pass@1 on held-out problems after the warm-up, so that something is left to learn
     * @param leastAfter pass@1 on held-out problems at the end
     * @param mostLost of pass@8 on held-out problems, between the two
     * @param leastStaleness of the stalest sample that was learnt from, in versions: with none, nothing was asynchronous
     */
    record Bars(double mostSeconds, double mostBefore, double leastAfter, double mostLost, double leastStaleness) {
        private Result hold(Result figure, JsonNode summary) {
            return switch (figure.metric()) {
                case "seconds" -> figure.atMost(mostSeconds);
                case "pass_at_1_before" -> figure.atMost(mostBefore);
                case "pass_at_1_after" -> figure.atLeast(leastAfter);
                case "pass_at_8_after" ->
                    figure.atLeast(summary.required("pass_at_8_before").doubleValue() - mostLost);
                case "max_staleness" ->
                    figure.atLeast(leastStaleness)
                            .atMost(summary.required("staleness_bound").doubleValue());
                default -> figure;
            };
        }
    }

    /** Fields of the summary, and their units. */
    private static final Map<String, String> FIGURES = figures();

    @Override
    public List<Result> run(Consumer<String> log) throws Exception {
        List<Result> results = new ArrayList<>();
        for (String divergence : settings.divergences()) {
            CpuTimes before = CpuTimes.now();
            JsonNode summary = train(divergence);
            List<Result> figures = results(divergence, summary, CpuTimes.now().stolenShareSince(before));
            figures.forEach(figure -> log.accept("  " + figure));
            results.addAll(figures);
        }
        return results;
    }

    private JsonNode train(String divergence) throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("freshet-quickstart");
        Path run = directory.resolve("run");
        TrainProcess.Launch launch = TrainProcess.Launch.fresh(
                run,
                directory.resolve("output"),
                Stream.concat(Stream.of("freshet.divergence=" + divergence), settings.overrides().stream())
                        .toArray(String[]::new));
        try (TrainProcess process = TrainProcess.start(launch)) {
            process.requireDone(settings.deadline());
            return new ObjectMapper().readTree(run.resolve("summary.json").toFile());
        } finally {
            DiscardedRun.delete(directory);
        }
    }

    private List<Result> results(String divergence, JsonNode summary, double stolen) {
        Map<String, Object> holdsFor = Map.of("divergence", divergence, "cpu_stolen_share", stolen);
        return FIGURES.entrySet().stream()
                .map(figure -> new Result(
                        figure.getKey(), summary.required(figure.getKey()).doubleValue(), figure.getValue(), holdsFor))
                .map(figure -> settings.bars().hold(figure, summary))
                .toList();
    }

    private static Map<String, String> figures() {
        Map<String, String> units = new LinkedHashMap<>();
        units.put("seconds", "s from the start of the process");
        units.put("pass_at_1_before", "of held-out problems");
        units.put("pass_at_1_after", "of held-out problems");
        units.put("pass_at_8_before", "of held-out problems");
        units.put("pass_at_8_after", "of held-out problems");
        units.put("max_staleness", "versions");
        units.put("staleness_bound", "versions");
        units.put("rollouts_per_second", "rollouts/s");
        return units;
    }
}
