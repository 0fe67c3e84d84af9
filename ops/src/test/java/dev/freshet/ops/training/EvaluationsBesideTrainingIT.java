package dev.freshet.ops.training;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.freshet.ops.InProcessFreshet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class EvaluationsBesideTrainingIT {
    private static final String[] SETTINGS = {
        "freshet.deterministic=true",
        "freshet.task.name=countdown",
        "freshet.generation.max-completion-length=6",
        "freshet.evaluation.suites=[addition]"
    };

    @TempDir
    Path directory;

    @Test
    @Timeout(300)
    void aDeterministicRunEndsBitForBitAlikeWithThemAndWithoutAndWhatTheySayRepeats() throws Exception {
        Path without = train("without", "freshet.evaluation.interval=0");
        Path with = train("with", "freshet.evaluation.interval=5");
        Path again = train("again", "freshet.evaluation.interval=5");

        for (String file : new String[] {"model.safetensors", "optimizer.safetensors"}) {
            Path expected = SmallRun.checkpoint(without, 20).resolve(file);
            assertThat(SmallRun.checkpoint(with, 20).resolve(file)).hasSameBinaryContentAs(expected);
            assertThat(SmallRun.checkpoint(again, 20).resolve(file)).hasSameBinaryContentAs(expected);
        }

        Map<String, JsonNode> measured = events(with, "EvaluationCompleted");
        Map<String, JsonNode> missed = events(with, "EvaluationMissed");
        assertThat(measured).containsKeys("0 held_out", "0 addition", "5 held_out", "20 held_out", "20 addition");
        for (int version : new int[] {5, 10, 15}) {
            for (String suite : new String[] {"held_out", "addition"}) {
                String name = version + " " + suite;
                assertThat(measured.containsKey(name)).as(name).isNotEqualTo(missed.containsKey(name));
            }
        }
        assertThat(of(measured, "5 held_out").path("asked_by").asText()).isEqualTo("interval");
        assertThat(of(measured, "0 held_out").at("/measures/divergences/js").asDouble())
                .isBetween(-1e-4, 1e-4);
        assertThat(of(measured, "20 held_out").at("/measures/divergences/js").asDouble())
                .isPositive();
        assertThat(of(measured, "20 addition")
                        .at("/measures/change_since_start")
                        .isNumber())
                .isTrue();

        Map<String, JsonNode> repeated = events(again, "EvaluationCompleted");
        measured.forEach((name, event) -> {
            if (repeated.containsKey(name)) {
                assertThat(of(repeated, name).path("pass_at_k")).as(name).isEqualTo(event.path("pass_at_k"));
                assertThat(of(repeated, name).path("measures")).as(name).isEqualTo(event.path("measures"));
            }
        });
        assertThat(Files.readAllLines(with.resolve("metrics.csv")).get(0)).contains(",addition_pass_at_1_change,");
        assertThat(with.resolve("report.html")).content().contains("pass@1 by suite");
    }

    private Path train(String name, String interval) throws Exception {
        Path run = directory.resolve(name);
        Path printed = directory.resolve(name + ".txt");
        List<String> settings = new ArrayList<>(List.of(SETTINGS));
        settings.add(interval);
        assertThat(InProcessFreshet.run(printed, SmallRun.train(run, settings.toArray(String[]::new))))
                .as(Files.readString(printed))
                .isZero();
        return run;
    }

    private static JsonNode of(Map<String, JsonNode> events, String name) {
        return events.getOrDefault(name, MissingNode.getInstance());
    }

    /** By version and suite. */
    private static Map<String, JsonNode> events(Path run, String type) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        Map<String, JsonNode> events = new TreeMap<>();
        for (String line : Files.readAllLines(run.resolve("events.jsonl"))) {
            if (line.contains("\"type\":\"" + type + "\"")) {
                JsonNode event = mapper.readTree(line);
                events.put(
                        event.path("version").asText() + " "
                                + event.path("suite").asText(),
                        event);
            }
        }
        return events;
    }
}
