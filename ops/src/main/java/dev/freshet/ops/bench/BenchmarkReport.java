package dev.freshet.ops.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import dev.freshet.model.engine.ComputeDevice;
import dev.freshet.ops.cli.BuildInfo;
import java.time.Duration;
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
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .addModule(new SimpleModule()
                    .addSerializer(ComputeDevice.class, ToStringSerializer.instance)
                    .addSerializer(Duration.class, ToStringSerializer.instance))
            .build();

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
        try {
            return MAPPER.writeValueAsString(this) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(
                    "the report of " + name + " must be made of what JSON can hold: " + e.getOriginalMessage(), e);
        }
    }
}
