package dev.freshet.ops.bench;

import dev.freshet.ops.cli.BuildInfo;
import java.util.List;

/**
 * What a benchmark leaves behind. The first components and those of {@link Result} are a contract that scripts rely on.
 *
 * @param seconds that the benchmark took
 */
record BenchmarkReport(
        String name,
        String commit,
        String version,
        Machine machine,
        Object settings,
        double seconds,
        List<Result> results) {
    BenchmarkReport {
        results = List.copyOf(results);
    }

    static BenchmarkReport of(String name, Object settings, double seconds, List<Result> results) {
        BuildInfo build = BuildInfo.read();
        return new BenchmarkReport(name, build.commit(), build.version(), Machine.here(), settings, seconds, results);
    }

    /** What must not be, and is, in any of the figures. */
    List<String> violations() {
        return results.stream().flatMap(result -> result.violations().stream()).toList();
    }

    /** @throws IllegalStateException if settings or results hold what has no form in JSON */
    String toJson() {
        return ReportJson.of(name, this);
    }
}
