package dev.freshet.ops.bench;

import dev.freshet.ops.bench.TrainProcess.Launch;
import dev.freshet.ops.cli.ResumeMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * One epoch of supervised learning from a file that is larger than the Java heap, by a process of its own as users start it: whether memory
 * stays as it is, and whether the learner ever waits for a line to be read and tokenised.
 */
record DatasetBenchmark(Settings settings) implements Benchmark {
    private static final long LOOK_AGAIN_NANOS = 500_000_000;

    /** Memory is compared from when so much of the run is over to its end. */
    private static final double SETTLED = 0.3;

    private static final double LATE = 0.8;

    private static final double BYTES_PER_MEGABYTE = 1e6;

    /**
     * @param lines of the file
     * @param lineBytes of each
     * @param batchExamples examples a step
     * @param heap of the process, as the JVM's options have it
     * @param mostWaitingShare of the learner's time that may pass without a batch
     * @param mostGrowth of resident memory, and of what the Java heap holds, in MB
     * @param overrides of the run's settings
     */
    record Settings(
            long lines,
            int lineBytes,
            int batchExamples,
            String heap,
            double mostWaitingShare,
            double mostGrowth,
            Duration deadline,
            List<String> overrides) {
        static Settings full() {
            return new Settings(1_000_000, 260, 512, "192m", 0.05, 32, Duration.ofMinutes(30), List.of());
        }
    }

    @Override
    public List<Result> run(Consumer<String> log) throws Exception {
        Path directory = Files.createTempDirectory("freshet-dataset");
        try {
            Path file = directory.resolve("additions.jsonl");
            AdditionLines.write(file, settings.lines(), settings.lineBytes());
            log.accept(String.format(
                    Locale.ROOT,
                    "  %,d lines, %.0f MB, a heap of %s",
                    settings.lines(),
                    Files.size(file) / 1e6,
                    settings.heap()));
            try (TrainProcess process = TrainProcess.start(launch(directory, file))) {
                return watched(process, log);
            }
        } finally {
            DiscardedRun.delete(directory);
        }
    }

    private Launch launch(Path directory, Path file) {
        List<String> all = new ArrayList<>(List.of(
                "freshet.objective=sft",
                "freshet.reference=off",
                "freshet.warm-up.from=random",
                "freshet.dataset.path=" + file,
                "freshet.dataset.batch-examples=" + settings.batchExamples(),
                "freshet.train.steps=" + steps(),
                "freshet.train.mini-batches=1",
                "freshet.evaluation.prompts=16",
                "freshet.evaluation.samples=1",
                "freshet.checkpoint.interval=0"));
        all.addAll(settings.overrides());
        List<String> java =
                List.of("-XX:+UseSerialGC", "-Xms" + settings.heap(), "-Xmx" + settings.heap(), "-XX:+AlwaysPreTouch");
        return new Launch(directory.resolve("run"), ResumeMode.FRESH, all, java, directory.resolve("output"));
    }

    private long steps() {
        return settings.lines() / settings.batchExamples();
    }

    private List<Result> watched(TrainProcess process, Consumer<String> log) throws Exception {
        ResidentMemory memory = new ResidentMemory(process.pid());
        MetricsText metrics = new MetricsText(process.metrics(settings.deadline()));
        List<Double> heap = new ArrayList<>();
        LearnerTime last = LearnerTime.NONE;
        long end = System.nanoTime() + settings.deadline().toNanos();
        while (process.isAlive()) {
            if (System.nanoTime() > end) {
                throw new IOException("the run took more than " + settings.deadline() + ": " + process.lastLine());
            }
            List<String> scrape = metrics.scrape().toList();
            LearnerTime now = LearnerTime.of(scrape);
            if (now.steps() > 0) {
                memory.look();
                heap.add(usedHeap(scrape));
                last = now;
            }
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
        process.requireDone(settings.deadline());
        log.accept("  " + process.lastLine());
        return results(memory.samples(), heap, last);
    }

    /** In MB; what is garbage counts until it is collected. */
    private static double usedHeap(List<String> scrape) {
        return scrape.stream()
                .filter(line -> line.startsWith("jvm_memory_used_bytes") && line.contains("area=\"heap\""))
                .mapToDouble(line -> LearnerTime.value(line) / BYTES_PER_MEGABYTE)
                .sum();
    }

    private List<Result> results(List<Double> memory, List<Double> heap, LearnerTime learner) {
        Map<String, Object> holdsFor = Map.of(
                "lines", settings.lines(), "batch_examples", settings.batchExamples(), "steps_seen", learner.steps());
        double growth = new Series(late(memory)).median() - new Series(settled(memory)).median();
        // The least of many looks is soon after a collection.
        double heapGrowth = Collections.min(late(heap)) - Collections.min(settled(heap));
        return List.of(
                new Result("learner_waiting_share", learner.waitingShare(), "of its time", holdsFor)
                        .atMost(settings.mostWaitingShare()),
                new Result("resident_growth", growth, "MB", Map.of("samples", memory.size(), "heap", settings.heap()))
                        .atMost(settings.mostGrowth()),
                new Result("heap_growth", heapGrowth, "MB", Map.of("samples", heap.size(), "heap", settings.heap()))
                        .atMost(settings.mostGrowth()),
                new Result(
                        "examples_per_second",
                        learner.steps() * settings.batchExamples() / learner.seconds(),
                        "examples/s",
                        holdsFor));
    }

    private static List<Double> settled(List<Double> samples) {
        int first = (int) (SETTLED * samples.size());
        return samples.subList(first, Math.max(first + 1, samples.size() / 2));
    }

    private static List<Double> late(List<Double> samples) {
        return samples.subList((int) (LATE * samples.size()), samples.size());
    }

    /** How the learner has spent its time, by the metrics of its stage. */
    private record LearnerTime(double steps, double busy, double waitedForInput, double waited) {
        static final LearnerTime NONE = new LearnerTime(0, 0, 0, 0);

        static LearnerTime of(List<String> lines) {
            double steps = 0;
            double busy = 0;
            double input = 0;
            double waited = 0;
            for (String line : lines) {
                if (line.startsWith("freshet_train_steps_total ")) {
                    steps = value(line);
                } else if (line.contains("stage=\"learn\"") && line.startsWith("freshet_stage_busy_seconds_total")) {
                    busy = value(line);
                } else if (line.contains("stage=\"learn\"") && line.startsWith("freshet_stage_wait_seconds_total")) {
                    waited += value(line);
                    input += line.contains("reason=\"input\"") ? value(line) : 0;
                }
            }
            return new LearnerTime(steps, busy, input, waited);
        }

        private static double value(String line) {
            return Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
        }

        double seconds() {
            return busy + waited;
        }

        double waitingShare() {
            return waitedForInput / seconds();
        }
    }
}
