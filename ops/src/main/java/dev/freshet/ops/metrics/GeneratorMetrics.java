package dev.freshet.ops.metrics;

import dev.freshet.model.generation.GenerationCounts;
import dev.freshet.model.generation.RolloutGenerator;
import dev.freshet.model.generation.WeightSwap;
import io.prometheus.metrics.core.metrics.Histogram;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/** What the generators of this process do. A generator that is started anew goes on under its name. */
final class GeneratorMetrics {
    private static final double NANOS_PER_SECOND = 1e9;

    private final Map<String, RolloutGenerator> current = new TreeMap<>();
    private final Map<String, GenerationCounts> ended = new HashMap<>();
    private final Histogram stall;

    GeneratorMetrics(Instruments instruments) {
        total(
                instruments,
                "freshet_generated_tokens_total",
                "tokens",
                "Completion tokens sampled",
                GenerationCounts::generatedTokens);
        total(
                instruments,
                "freshet_prompt_tokens_total",
                "tokens",
                "Prompt tokens read, once a group",
                GenerationCounts::promptTokens);
        total(instruments, "freshet_rollouts_total", "rollouts", "Completions finished", GenerationCounts::rollouts);
        instruments.askedCounter(
                "freshet_generator_busy_seconds_total",
                "seconds",
                "Time that a generator spent in native calls",
                counter ->
                        counts().forEach((name, counts) -> counter.call(counts.busyNanos() / NANOS_PER_SECOND, name)),
                "generator");
        instruments.askedGauge(
                "freshet_generator_policy_version",
                "version",
                "The policy version that a generator samples with",
                gauge -> generators()
                        .forEach((name, generator) ->
                                gauge.call((double) generator.version().number(), name)),
                "generator");
        stall = instruments.histogram(
                "freshet_generation_stall_seconds",
                "seconds",
                "Time that a generator sampled nothing because it took up newer weights",
                Instruments.doubling(1.0 / 4096, 16));
    }

    /** Counts what it does from now on. */
    synchronized void add(String name, RolloutGenerator generator) {
        RolloutGenerator before = current.put(name, generator);
        if (before != null) {
            ended.merge(name, before.counts(), GenerationCounts::plus);
        }
    }

    void swapped(WeightSwap swap) {
        stall.observe(swap.copySeconds() + swap.swapSeconds());
    }

    private void total(
            Instruments instruments, String name, String unit, String help, ToLongFunction<GenerationCounts> of) {
        instruments.askedCounter(
                name,
                unit,
                help,
                counter -> counter.call(
                        (double) counts().values().stream().mapToLong(of).sum()));
    }

    private synchronized Map<String, GenerationCounts> counts() {
        Map<String, GenerationCounts> counts = new TreeMap<>();
        current.forEach((name, generator) ->
                counts.put(name, generator.counts().plus(ended.getOrDefault(name, GenerationCounts.NONE))));
        return counts;
    }

    private synchronized Map<String, RolloutGenerator> generators() {
        return Map.copyOf(current);
    }
}
