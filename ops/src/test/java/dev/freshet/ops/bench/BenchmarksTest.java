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

        BenchmarkReport report = Benchmarks.measure("sleep", new OneFigure(new Rows(3)), lines::add);

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
    void tellWhatRulesTheirFiguresBreak() {
        Result good = new Result("sheep", 7.5, "sheep/s", Map.of(Result.VIOLATIONS, List.of()));
        Result bad = new Result("wolves", 1, "wolves", Map.of(Result.VIOLATIONS, List.of("there must be none, was 1")));

        assertThat(BenchmarkReport.of("fold", new Rows(3), 1, List.of(good)).violations())
                .isEmpty();
        BenchmarkReport report = BenchmarkReport.of("fold", new Rows(3), 1, List.of(good, bad));
        assertThat(report.violations()).containsExactly("there must be none, was 1");
        assertThat(report.toJson()).containsOnlyOnce("there must be none, was 1");
    }

    @Test
    void holdAFigureToABar() {
        Result sheep = new Result("sheep", 7.5, "sheep/s", Map.of("size", "tiny"));
        assertThat(sheep.atMost(7.5).violations()).isEmpty();
        assertThat(sheep.atMost(7.5).extra()).containsEntry("bar", 7.5).containsEntry("size", "tiny");
        assertThat(sheep.atMost(7).violations()).containsExactly("sheep must be at most 7.000 sheep/s, was 7.500");
        assertThat(new Result("sheep", Double.NaN, "sheep/s", Map.of())
                        .atMost(7)
                        .violations())
                .containsExactly("sheep must be at most 7.000 sheep/s, was NaN");
    }

    @Test
    void refuseToWriteOverADirectoryBeforeTheyMeasure(@TempDir Path directory) {
        PrintWriter out = new PrintWriter(new StringWriter());

        assertThatThrownBy(() -> benchmarks.run(new Request("push", Optional.of(directory)), out))
                .hasMessage("the result must go to a file, " + directory + " is none (--out)");
    }

    @Test
    void canAllWriteTheirReport() {
        assertThat(benchmarks.names()).allSatisfy(name -> {
            Object settings = Benchmarks.benchmark(name).settings();
            assertThat(settings).isInstanceOf(Record.class);
            JsonNode json = new JsonMapper()
                    .readTree(BenchmarkReport.of(name, settings, 1, List.of()).toJson());
            assertThat(json.get("settings").fieldNames()).toIterable().isNotEmpty();
        });
    }

    @Test
    void refuseSettingsThatCannotBeWrittenBeforeTheyMeasure() {
        OneFigure unwritable = new OneFigure(new Unwritable(new Object()));

        assertThatThrownBy(() -> Benchmarks.measure("sleep", unwritable, line -> {}))
                .hasMessageStartingWith("the report of sleep must be made of what JSON can hold: No serializer found");
        assertThat(unwritable.hasMeasured).isFalse();
    }

    private record Rows(int rows) {}

    private record Unwritable(Object nothing) {}

    private static final class OneFigure implements Benchmark {
        private final Object settings;
        private boolean hasMeasured;

        private OneFigure(Object settings) {
            this.settings = settings;
        }

        @Override
        public Object settings() {
            return settings;
        }

        @Override
        public List<Result> run(Consumer<String> log) {
            hasMeasured = true;
            return List.of(new Result("sheep", 7.5, "sheep/s", Map.of("size", "tiny")));
        }
    }
}
