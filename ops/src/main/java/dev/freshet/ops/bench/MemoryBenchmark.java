package dev.freshet.ops.bench;

import com.typesafe.config.Config;
import dev.freshet.actors.Run;
import dev.freshet.actors.RunControl.StopMode;
import dev.freshet.ops.bench.MemoryMeter.Sample;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * Whether memory outside the Java heap stays as it is over thousands of the quickstart's steps, and with it the number of open
 * arrays. The run is the quickstart's in everything that lasts: reference scorer, divergence, verifier, files and checkpoints. It
 * has no warm-up, so that nearly all completions are as long as they may be, no answer is right, and a step takes longer than the
 * quickstart's; and nobody evaluates.
 *
 * <p>The heap must be fixed and touched at the start. What is left of the process's anonymous memory without it, and without Java's
 * classes and code, is tensors, the allocator's reserve, and what the JVM needs for itself. The launcher tells the allocator to give
 * nothing back, so that each sample is the highest point so far.
 *
 * @param heap of this process
 */
record MemoryBenchmark(Settings settings, JavaHeap heap) implements Benchmark {
    private static final double STEPS_OF_THE_SLOPE = 1000;

    /**
     * @param steps in all
     * @param settledAfter steps that do not count: buffers, caches and compiled code come into being
     * @param every how many steps memory is looked at; divides both of the above
     * @param overrides of the quickstart's settings
     */
    record Settings(long steps, long settledAfter, long every, List<String> overrides) {
        Settings {
            overrides = List.copyOf(overrides);
            if (every < 1 || settledAfter % every != 0 || steps % every != 0 || steps < settledAfter + 2 * every) {
                throw new IllegalArgumentException("a soak must have at least two samples after it has settled, was of "
                        + steps + " steps, settled after " + settledAfter + ", looked at every " + every);
            }
        }

        static Settings full() {
            return new Settings(3000, 500, 20, List.of());
        }

        /** The learning rate's schedule ends with the last step, as in a quickstart of so many. */
        private Config config() {
            return Quickstart.config(Stream.concat(Stream.of("freshet.train.steps=" + steps), overrides.stream())
                    .toArray(String[]::new));
        }
    }

    /** The open arrays, by kind, when the run had settled and when it had taken its steps. */
    private record AtRest(Map<String, Integer> settled, Map<String, Integer> end) {
        Result result() {
            int open = end.values().stream().mapToInt(count -> count).sum();
            return new Result(
                    "ndarrays_open",
                    open,
                    "arrays",
                    Map.of("settled", settled, "end", end, "equal", settled.equals(end)));
        }
    }

    @Override
    public List<Result> run(Consumer<String> log) throws Exception {
        heap.requireFixed();
        Config config = settings.config();
        Roles roles = Roles.of(config, Quickstart.task(config));
        List<AtRest> arrays = new ArrayList<>();
        try (DiscardedRun files = DiscardedRun.begin("memory", config)) {
            MemoryMeter meter = new MemoryMeter(files.recorder(), settings, log);
            roles.inOneRun(
                    files.checkpoints()::write,
                    meter,
                    // The run takes a few steps more, until it is told to stop.
                    run -> run.steer(Long.MAX_VALUE, steered -> arrays.add(soak(steered, meter))));
            files.requireAllWritten();
            return results(meter.samples(), arrays.get(0));
        }
    }

    private static AtRest soak(Run run, MemoryMeter meter) {
        awaitUnlessItEnds(run, meter.settled());
        Map<String, Integer> settled = ArraysAtRest.count(run);
        run.resume().toCompletableFuture().join();
        awaitUnlessItEnds(run, meter.ended());
        Map<String, Integer> end = ArraysAtRest.count(run);
        run.stop(StopMode.NOW).toCompletableFuture().join();
        return new AtRest(settled, end);
    }

    private static void awaitUnlessItEnds(Run run, CompletableFuture<Void> moment) {
        CompletableFuture.anyOf(moment, run.completion().toCompletableFuture()).join();
    }

    private List<Result> results(List<Sample> samples, AtRest arrays) {
        List<Sample> counted = samples.stream()
                .filter(sample -> sample.step() >= settings.settledAfter())
                .toList();
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("heap_bytes", heap.maxBytes());
        all.put("samples", samples.stream().map(Sample::toMap).toList());
        return List.of(
                slope("native_slope", counted, Sample::outsideJava, all),
                slope("resident_slope", counted, Sample::resident, Map.of()),
                arrays.result());
    }

    private static Result slope(
            String metric, List<Sample> counted, ToDoubleFunction<Sample> megabytes, Map<String, Object> more) {
        Series values = Series.of(counted, megabytes);
        Series steps = Series.of(counted, sample -> sample.step() / STEPS_OF_THE_SLOPE);
        Map<String, Object> extra = new LinkedHashMap<>();
        extra.put("from_step", counted.get(0).step());
        extra.put("to_step", counted.get(counted.size() - 1).step());
        extra.put("start_megabytes", values.values().get(0));
        extra.put("end_megabytes", values.values().get(counted.size() - 1));
        extra.put("min_megabytes", values.min());
        extra.put("max_megabytes", values.max());
        extra.putAll(more);
        return new Result(metric, values.slopeOver(steps), "MB per 1,000 steps", extra);
    }
}
