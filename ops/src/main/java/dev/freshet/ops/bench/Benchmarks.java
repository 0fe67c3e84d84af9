package dev.freshet.ops.bench;

import dev.freshet.ops.cli.BenchmarkLauncher;
import dev.freshet.ops.cli.ExitCode;
import dev.freshet.ops.run.AtomicFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * The benchmarks by name. Lines for people go to standard output while one runs, or to standard error when standard output is
 * where the report goes.
 */
public final class Benchmarks implements BenchmarkLauncher {
    private static final double NANOS_PER_SECOND = 1e9;

    @Override
    public List<String> names() {
        return List.of(
                "plumbing",
                "decode",
                "learn",
                "push",
                "overlap",
                "quickstart",
                "memory",
                "checkpoint",
                "recovery",
                "soak",
                "fuzz",
                "scrape",
                "monitors",
                "full-vocabulary",
                "dataset");
    }

    @Override
    public int run(Request request, PrintWriter out) throws Exception {
        if (request.file().isPresent()) {
            prepare(request.file().get());
        }
        Consumer<String> log = request.file().isPresent() ? flushing(out) : System.err::println;
        BenchmarkReport report = measure(request.name(), benchmark(request.name()), log);
        if (request.file().isPresent()) {
            AtomicFile.replace(request.file().get(), report.toJson());
            out.println("wrote " + request.file().get());
        } else {
            out.print(report.toJson());
        }
        out.flush();
        report.violations().forEach(violation -> log.accept("violated: " + violation));
        return report.violations().isEmpty() ? ExitCode.DONE : ExitCode.FAILED;
    }

    static BenchmarkReport measure(String name, Benchmark benchmark, Consumer<String> log) throws Exception {
        requireWritable(name, benchmark.settings());
        log.accept(name + " with " + benchmark.settings());
        long start = System.nanoTime();
        List<Result> results = benchmark.run(log);
        double seconds = (System.nanoTime() - start) / NANOS_PER_SECOND;
        results.forEach(result -> log.accept(result.toString()));
        log.accept(String.format(Locale.ROOT, "%s took %.0f s", name, seconds));
        return BenchmarkReport.of(name, benchmark.settings(), seconds, results);
    }

    /** Before the measuring, so that it is not in vain. */
    private static void requireWritable(String name, Object settings) {
        BenchmarkReport.of(name, settings, 0, List.of()).toJson();
    }

    private static Consumer<String> flushing(PrintWriter out) {
        return line -> {
            out.println(line);
            out.flush();
        };
    }

    static Benchmark benchmark(String name) {
        return switch (name) {
            case "plumbing" -> new PlumbingBenchmark(PlumbingBenchmark.Settings.full());
            case "decode" -> new DecodeBenchmark(DecodeBenchmark.Settings.full());
            case "learn" -> new LearnBenchmark(LearnBenchmark.Settings.full());
            case "push" -> new PushBenchmark(PushBenchmark.Settings.full());
            case "overlap" -> new OverlapBenchmark(OverlapBenchmark.Settings.full());
            case "quickstart" -> new QuickstartBenchmark(QuickstartBenchmark.Settings.full());
            case "memory" -> new MemoryBenchmark(MemoryBenchmark.Settings.full(), JavaHeap.here());
            case "checkpoint" -> new CheckpointBenchmark(CheckpointBenchmark.Settings.full());
            case "recovery" -> new RecoveryBenchmark(RecoveryBenchmark.Settings.full());
            case "soak" -> new SoakBenchmark(SoakBenchmark.Settings.full());
            case "fuzz" -> new FuzzBenchmark(FuzzBenchmark.Settings.full());
            case "scrape" -> new ScrapeBenchmark(ScrapeBenchmark.Settings.full());
            case "monitors" -> new MonitorsBenchmark(MonitorsBenchmark.Settings.full());
            case "full-vocabulary" -> new FullVocabularyBenchmark(FullVocabularyBenchmark.Settings.full());
            case "dataset" -> new DatasetBenchmark(DatasetBenchmark.Settings.full());
            default -> throw new IllegalArgumentException("there is no benchmark " + name);
        };
    }

    /** Before the measuring, so that it is not in vain. */
    private static void prepare(Path file) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        if (directory != null) {
            Files.createDirectories(directory);
        }
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new IllegalArgumentException("the result must go to a file, " + file + " is none (--out)");
        }
    }
}
