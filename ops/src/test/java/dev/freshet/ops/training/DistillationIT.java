package dev.freshet.ops.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.freshet.actors.RunControl.ChangeMode;
import dev.freshet.actors.RunControl.PauseMode;
import dev.freshet.actors.RunState;
import dev.freshet.model.checkpoint.Checkpoint;
import dev.freshet.model.safetensors.TensorData;
import dev.freshet.ops.InProcessFreshet;
import dev.freshet.ops.control.ControlClient;
import dev.freshet.ops.control.ControlException;
import dev.freshet.ops.control.PolicyClient;
import dev.freshet.ops.control.PolicySample;
import dev.freshet.ops.control.SteeringClient;
import dev.freshet.streams.PipelineEvent.DivergenceSwitched;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A student that is distilled by processes as users run them. */
class DistillationIT {
    @TempDir
    Path directory;

    @Test
    @Timeout(200)
    void distilsFromTheFirstPictureToTheReport() throws Exception {
        Path run = directory.resolve("run");
        Path printed = directory.resolve("train.txt");
        assertThat(InProcessFreshet.run(printed, train(run, "freshet.train.steps=30")))
                .as(Files.readString(printed))
                .isZero();
        JsonNode summary = json(run.resolve("summary.json"));
        assertThat(summary.path("steps").asInt()).isEqualTo(30);
        assertThat(summary.path("divergence").asText()).isEqualTo("reverse-kl");
        assertThat(summary.path("groups").path("trained").asLong()).isEqualTo(30);
        assertThat(summary.path("staleness_bound").asLong()).isZero();
        assertThat(Files.readAllLines(run.resolve("metrics.csv")))
                .hasSize(1 + 30)
                .allMatch(line -> line.startsWith("attempt") || line.contains("f-distill,reverse-kl,1.0"));
        // At the beginning, twice on the way, and at the end.
        List<JsonNode> measured = events(run, "FidelityMeasured");
        assertThat(measured).extracting(event -> event.path("version").asLong()).containsExactly(0L, 10L, 20L, 30L);
        for (JsonNode event : measured) {
            assertThat(event.path("measures").path("forward_kl").isNumber()).isTrue();
            assertThat(ImageIO.read(run.resolve(event.path("picture").asText()).toFile()))
                    .isNotNull();
        }
        assertThat(run.resolve("report.html")).content().contains("Samples", "data:image/png;base64,", "</html>");
        Checkpoint last = Checkpoint.open(SmallRun.checkpoint(run, 30));
        assertThat(last.state().objective()).isEqualTo("f-distill");
        assertThat(last.weights()).extracting(TensorData::name).contains("student.means", "fake.layers.0.weight");
    }

    @Test
    @Timeout(200)
    void aKilledRunEndsWhereOneThatWasNotEnds() throws Exception {
        Path whole = directory.resolve("whole");
        assertThat(InProcessFreshet.run(directory.resolve("whole.txt"), train(whole, "freshet.train.steps=40")))
                .isZero();
        Path killed = directory.resolve("killed");
        // So long that it is killed in time, with the schedule of the other.
        try (FreshetProcess first =
                FreshetProcess.start(directory.resolve("first.txt"), train(killed, "freshet.train.steps=40"))) {
            first.await("a checkpoint", () -> SmallRun.hasCheckpoint(killed, 10));
            first.kill();
        }
        Path resumed = directory.resolve("resumed.txt");
        assertThat(InProcessFreshet.run(resumed, "train", "--resume", "--run-dir", killed.toString()))
                .as(Files.readString(resumed))
                .isZero();
        assertThat(Files.readAllBytes(SmallRun.checkpoint(killed, 40).resolve("model.safetensors")))
                .isEqualTo(Files.readAllBytes(SmallRun.checkpoint(whole, 40).resolve("model.safetensors")));

        assertThat(InProcessFreshet.run(
                        resumed,
                        "train",
                        "--resume",
                        "--run-dir",
                        killed.toString(),
                        "--set",
                        "freshet.distill.critic.widths=[5]"))
                .isEqualTo(2);
        assertThat(Files.readString(resumed)).contains("a resumed run must");
    }

    @Test
    @Timeout(200)
    void isSteeredWhileItDistils() throws Exception {
        Path run = directory.resolve("run");
        Path output = directory.resolve("train.txt");
        try (FreshetProcess process = FreshetProcess.start(output, train(run, "freshet.train.steps=1000000"))) {
            process.await("some steps", () -> SmallRun.events(run, "StepTrained") > 2);
            try (ControlClient client = process.control()) {
                SteeringClient steering = new SteeringClient(client);
                assertThatThrownBy(() -> steering.switchDivergence("tv", OptionalDouble.empty(), ChangeMode.CARRY_OUT))
                        .isInstanceOf(ControlException.class)
                        .hasMessageContaining("second derivative");
                DivergenceSwitched switched =
                        steering.switchDivergence("forward-kl", OptionalDouble.empty(), ChangeMode.CARRY_OUT);
                assertThat(switched.toSpec()).isEqualTo("forward-kl");
                assertThat(client.pause(PauseMode.AFTER_STEP).state()).isEqualTo(RunState.PAUSED);
                assertThat(client.status().divergence()).isEqualTo("forward-kl");
                assertThat(client.checkpoint().version())
                        .isEqualTo(client.status().version());
                assertThat(client.resume().state()).isEqualTo(RunState.RUNNING);
                assertThatThrownBy(() -> new PolicyClient(client)
                                .sample(new PolicySample.Order("1+1=", 1, OptionalDouble.empty())))
                        .isInstanceOf(ControlException.class)
                        .hasMessageContaining("no policy of tokens");
            }
            process.terminate();
            assertThat(process.exitCode()).as(process.printed()).isZero();
        }
        assertThat(events(run, "StepTrained"))
                .extracting(step -> step.path("report").path("divergence").asText())
                .startsWith("reverse-kl")
                .endsWith("forward-kl");
    }

    @Test
    void damagedImagesAreRefusedBeforeAnythingIsWritten() throws Exception {
        Path images = Files.writeString(directory.resolve("images"), "no images");
        Path run = directory.resolve("run");
        Path printed = directory.resolve("train.txt");
        assertThat(InProcessFreshet.run(
                        printed,
                        train(
                                run,
                                "freshet.distill.data.kind=idx",
                                "freshet.distill.data.path=" + images,
                                "freshet.distill.teacher.kind=trained",
                                "freshet.distill.student.kind=network")))
                .isEqualTo(2);
        assertThat(Files.readString(printed)).contains("must begin with", "freshet.distill.data.path");
        assertThat(run).doesNotExist();
    }

    private static String[] train(Path run, String... settings) {
        List<String> arguments = new ArrayList<>(List.of("train", "--run-dir", run.toString()));
        Stream.concat(
                        Stream.of(
                                "freshet.control.port=0",
                                "freshet.metrics.port=0",
                                "freshet.objective=f-distill",
                                "freshet.divergence=reverse-kl",
                                "freshet.divergence-coefficient=1.0",
                                "freshet.checkpoint.interval=10",
                                "freshet.distill.batch=32",
                                "freshet.distill.score.widths=[16]",
                                "freshet.distill.critic.widths=[16]",
                                "freshet.distill.critic.head-start=5",
                                "freshet.distill.evaluation.interval=10",
                                "freshet.distill.evaluation.samples=500",
                                "freshet.distill.evaluation.examples=500"),
                        Stream.of(settings))
                .forEach(setting -> arguments.addAll(List.of("--set", setting)));
        return arguments.toArray(String[]::new);
    }

    private static List<JsonNode> events(Path run, String type) throws Exception {
        List<JsonNode> events = new ArrayList<>();
        for (String line : Files.readAllLines(run.resolve("events.jsonl"))) {
            if (line.contains("\"type\":\"" + type + "\"")) {
                events.add(new JsonMapper().readTree(line));
            }
        }
        return events;
    }

    private static JsonNode json(Path file) throws Exception {
        return new JsonMapper().readTree(file.toFile());
    }
}
