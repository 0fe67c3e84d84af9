package dev.freshet.ops.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.freshet.ops.cli.BenchmarkLauncher.Request;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchmarksTest {
    private final Benchmarks benchmarks = new Benchmarks();

    @Test
    void reportWhatScriptsRelyOn() throws Exception {
        List<String> lines = new ArrayList<>();

        BenchmarkReport report = Benchmarks.measure("sleep", new OneFigure(), lines::add);

        JsonNode json = new JsonMapper().readTree(report.toJson());
        assertThat(json.get("name").asText()).isEqualTo("sleep");
        assertThat(json.get("commit").asText()).isNotEmpty();
        assertThat(json.get("seconds").asDouble()).isNotNegative();
        assertThat(json.at("/settings/rows").asInt()).isEqualTo(3);
        assertThat(json.at("/machine/cores").asInt()).isPositive();
        assertThat(json.at("/machine/cpu").asText()).isNotEmpty();
        assertThat(json.at("/results/0").toString())
                .isEqualTo("{\"metric\":\"sheep\",\"value\":7.5,\"unit\":\"sheep/s\",\"size\":\"tiny\"}");
        assertThat(lines).contains("sheep: 7.500 sheep/s {size=tiny}");
    }

    @Test
    void refuseToWriteOverADirectoryBeforeTheyMeasure(@TempDir Path directory) {
        PrintWriter out = new PrintWriter(new StringWriter());

        assertThatThrownBy(() -> benchmarks.run(new Request("push", Optional.of(directory)), out))
                .hasMessage("the result must go to a file, " + directory + " is none (--out)");
    }

    @Test
    void areAllThereByName() {
        assertThat(benchmarks.names())
                .allSatisfy(name ->
                        assertThat(Benchmarks.benchmark(name).settings()).isInstanceOf(Record.class));
    }

    private record Rows(int rows) {}

    private static final class OneFigure implements Benchmark {
        @Override
        public Rows settings() {
            return new Rows(3);
        }

        @Override
        public List<Result> run(Consumer<String> log) {
            return List.of(new Result("sheep", 7.5, "sheep/s", Map.of("size", "tiny")));
        }
    }
}
