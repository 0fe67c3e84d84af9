package dev.freshet.ops.bench;

import com.typesafe.config.Config;
import dev.freshet.actors.Run;
import dev.freshet.actors.RunControl.StopMode;
import dev.freshet.model.engine.NativeHeap;
import dev.freshet.model.learning.MonitorSettings;
import dev.freshet.model.learning.StepMonitor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * Whether memory outside the Java heap stays as it is over thousands of the quickstart's steps, and with it the number of open
 * arrays. The run is the quickstart's in everything that lasts: reference scorer, divergence, monitors, verifier, files and
 * checkpoints. It has no warm-up, so that nearly all completions are as long as they may be, no answer is right, and a step takes longer than the
 * quickstart's; and nobody evaluates.
 *
 * <p>The heap must be fixed and touched at the start. Now and then the run is paused until nothing is under way, and the C library
 * gives back what is free in it: what is left of the process's anonymous memory without the heap, and without Java's classes and
 * code, is tensors and what the JVM needs for itself. What was resident just before is a figure of its own; it holds what the
 * allocator kept for the next step.
 *
 * @param heap of this process
 */
record MemoryBenchmark(Settings settings, JavaHeap heap) implements Benchmark {
    private static final double STEPS_OF_THE_SLOPE = 1000;
    private static final double MEGABYTE = 1e6;

    /**
     * @param steps in all
     * @param settledAfter steps that do not count: buffers, caches and compiled code come into being
     * @param every how many steps the run is brought to rest and memory looked at; divides both of the above
     * @param overrides of the quickstart's settings
     * @param mostNativeSlope bar, in MB per 1,000 steps
     */
    record Settings(long steps, long settledAfter, long every, List<String> overrides, double mostNativeSlope) {
        Settings {
            overrides = List.copyOf(overrides);
            if (every < 1 || settledAfter % every != 0 || steps % every != 0 || steps < settledAfter + 2 * every) {
                throw new IllegalArgumentException("a soak must have at least two samples after it has settled, was of "
                        + steps + " steps, settled after " + settledAfter + ", looked at every " + every);
            }
        }

        static Settings full() {
            return new Settings(3000, 500, 50, List.of(), 1);
        }

        /** The learning rate's schedule ends with the last step, as in a quickstart of so many. */
        private Config config() {
            return Quickstart.config(Stream.concat(Stream.of("freshet.train.steps=" + steps), overrides.stream())
                    .toArray(String[]::new));
        }
    }

    /**
     * @param running the process when the step had ended
     * @param atRest the process when nothing was under way, and what was garbage or free had been given back
     * @param allocated bytes that the C library's allocator had in use then
     * @param arrays that were open then, by kind
     */
    private record Sample(
            long step, ProcessMemory running, ProcessMemory atRest, long allocated, Map<String, Integer> arrays) {
        double outsideJava() {
            return atRest.outsideJava() / MEGABYTE;
        }

        double allocatedMegabytes() {
            return allocated / MEGABYTE;
        }

        double resident() {
            return running.resident() / MEGABYTE;
        }

        Map<String, Object> toMap() {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("step", step);
            fields.put("native_megabytes", outsideJava());
            fields.put("allocated_megabytes", allocatedMegabytes());
            fields.put("resident_megabytes", resident());
            fields.put("at_rest", atRest);
            fields.put("ndarrays", arrays);
            return fields;
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "  step %,d, native %.2f MB at rest, %.2f MB of it allocated, resident %.1f MB, %s",
                    step,
                    outsideJava(),
                    allocatedMegabytes(),
                    resident(),
                    arrays);
        }
    }

    @Override
    public List<Result> run(Consumer<String> log) throws Exception {
        heap.requireFixed();
        NativeHeap nativeHeap = NativeHeap.ofThisSystem()
                .orElseThrow(() -> new IllegalStateException("memory is looked at through glibc 2.33 or newer"));
        Config config = settings.config();
        Roles roles = Roles.of(config, Quickstart.task(config));
        List<Sample> samples = new ArrayList<>();
        try (DiscardedRun files = DiscardedRun.begin("memory", config)) {
            StepWatch watch = new StepWatch(files.recorder());
            roles.inOneRun(
                    new StepMonitor(MonitorSettings.from(config), measures -> {}),
                    files.checkpoints()::write,
                    watch,
                    // The run takes a few steps more, until it is told to stop.
                    run -> run.steer(
                            Long.MAX_VALUE,
                            steered -> soak(steered, watch, nativeHeap, sample -> {
                                samples.add(sample);
                                log.accept(sample.toString());
                            })));
            files.requireAllWritten();
        }
        return results(samples);
    }

    private void soak(Run run, StepWatch watch, NativeHeap nativeHeap, Consumer<Sample> samples) {
        for (long step = settings.every(); step <= settings.steps(); step += settings.every()) {
            CompletableFuture.anyOf(watch.reached(step), run.completion().toCompletableFuture())
                    .join();
            ProcessMemory running = ProcessMemory.now();
            Map<String, Integer> arrays = ArraysAtRest.count(run);
            // Garbage owns buffers outside the heap.
            System.gc();
            nativeHeap.trim();
            samples.accept(new Sample(
                    step, running, ProcessMemory.now(), nativeHeap.use().allocated(), arrays));
            run.resume().toCompletableFuture().join();
        }
        run.stop(StopMode.NOW).toCompletableFuture().join();
    }

    private List<Result> results(List<Sample> samples) {
        List<Sample> counted = samples.stream()
                .filter(sample -> sample.step() >= settings.settledAfter())
                .toList();
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("heap_bytes", heap.maxBytes());
        all.put("samples", samples.stream().map(Sample::toMap).toList());
        return List.of(
                slope("native_slope", counted, Sample::outsideJava, all).atMost(settings.mostNativeSlope()),
                slope("allocated_slope", counted, Sample::allocatedMegabytes, Map.of()),
                slope("resident_slope", counted, Sample::resident, Map.of()),
                arrays(counted));
    }

    /** When the run had settled and when it had taken its steps. */
    private static Result arrays(List<Sample> counted) {
        Map<String, Integer> settled = counted.get(0).arrays();
        Map<String, Integer> end = counted.get(counted.size() - 1).arrays();
        List<String> violations = settled.equals(end)
                ? List.of()
                : List.of("as many arrays of each kind must be open at the end as when the run had settled, " + settled
                        + ", were " + end);
        return new Result(
                "ndarrays_open",
                end.values().stream().mapToInt(count -> count).sum(),
                "arrays",
                Map.of("settled", settled, "end", end, Result.VIOLATIONS, violations));
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
