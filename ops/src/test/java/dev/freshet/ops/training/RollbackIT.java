package dev.freshet.ops.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.freshet.actors.RunControl.PauseMode;
import dev.freshet.actors.RunControl.StopMode;
import dev.freshet.actors.RunState;
import dev.freshet.actors.RunStatus;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.ops.control.ControlClient;
import dev.freshet.ops.control.ControlException;
import dev.freshet.ops.control.Endpoint;
import dev.freshet.ops.control.RolledBackTo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process that is rolled back over gRPC, killed, and resumed. */
class RollbackIT {
    private static final Pattern CONTROL = Pattern.compile("control on /([0-9.:]+)");

    @TempDir
    Path directory;

    @Test
    @Timeout(300)
    void aRunGoesBackGoesOnAndComesBackAfterAKill() throws Exception {
        Path run = directory.resolve("run");
        PolicyVersion newest;
        PolicyVersion parent;
        try (FreshetProcess training = FreshetProcess.start(
                directory.resolve("train.txt"),
                SmallRun.train(
                        run,
                        "freshet.train.steps=100000",
                        "freshet.checkpoint.interval=0",
                        "freshet.checkpoint.keep-last=20"))) {
            training.await("the third step", () -> SmallRun.events(run, "StepTrained") >= 3);
            try (ControlClient client = client(training)) {
                parent = client.checkpoint().version();
                trainOn(training, client);

                RolledBackTo first = client.rollback(parent);

                assertThat(first.parent()).isEqualTo(parent);
                assertThat(first.version().number()).isGreaterThan(parent.number() + 3);
                assertThat(first.path())
                        .endsWith(SmallRun.checkpoint(run, (int) parent.number())
                                .getFileName()
                                .toString());
                assertSameWeights(run, parent, first.version());
                trainOn(training, client);
                RunStatus running = client.status();
                assertThat(running.state()).isEqualTo(RunState.RUNNING);
                assertThat(running.parent()).contains(parent);
                assertThat(running.groups().returned()).isGreaterThanOrEqualTo(first.returnedGroups());

                assertRefusals(client, run);
                newest = rolledBackWhilePaused(client, run, parent);
                client.resume();
                trainOn(training, client);
            }
            training.kill();
        }

        Path resumed = directory.resolve("resumed.txt");
        try (FreshetProcess again = FreshetProcess.start(resumed, "train", "--resume", "--run-dir", run.toString())) {
            long before = SmallRun.events(run, "StepTrained");
            again.await("a step after the kill", () -> SmallRun.events(run, "StepTrained") > before);
            assertThat(again.printed()).contains("goes on from " + newest);
            try (ControlClient client = client(again)) {
                assertThat(client.status().parent()).contains(parent);
                client.stop(StopMode.NOW);
            }
            assertThat(again.exitCode()).as(again.printed()).isZero();
        }
        assertThatNothingWasTrainedTwiceAndNoVersionFell(run);
        JsonNode summary = new JsonMapper().readTree(run.resolve("summary.json").toFile());
        assertThat(summary.path("policy_version").asLong()
                        - summary.path("steps").asLong())
                .as("versions that the weights do not stand on")
                .isEqualTo(newest.minus(parent));
    }

    private static void trainOn(FreshetProcess training, ControlClient client) throws Exception {
        PolicyVersion now = client.status().version();
        training.await("four more steps", () -> client.status().version().minus(now) >= 4);
    }

    private static PolicyVersion rolledBackWhilePaused(ControlClient client, Path run, PolicyVersion parent) {
        client.pause(PauseMode.NOW);
        RolledBackTo second = client.rollback(parent);
        RunStatus paused = client.status();
        assertThat(paused.state()).isEqualTo(RunState.PAUSED);
        assertThat(paused.version()).isEqualTo(second.version());
        assertThat(paused.groups().inFlight()).isZero();
        assertSameWeights(run, parent, second.version());
        return second.version();
    }

    private static void assertRefusals(ControlClient client, Path run) throws IOException {
        assertThatThrownBy(() -> client.rollback(new PolicyVersion(999_999)))
                .isInstanceOfSatisfying(
                        ControlException.class,
                        refusal -> assertThat(refusal.isBadRequest()).isTrue())
                .hasMessageMatching("there is no checkpoint of v999999; kept are v0, v\\d+, v\\d+");
        PolicyVersion damaged = client.checkpoint().version();
        Path file = SmallRun.checkpoint(run, (int) damaged.number()).resolve("model.safetensors");
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 1] ^= 1;
        Files.write(file, bytes);
        assertThatThrownBy(() -> client.rollback(damaged))
                .isInstanceOf(ControlException.class)
                .hasMessageContaining("refused: model.safetensors must have SHA-256");
        assertThat(client.status().state()).isEqualTo(RunState.RUNNING);
    }

    private static void assertSameWeights(Path run, PolicyVersion one, PolicyVersion other) {
        for (String file : List.of("model.safetensors", "optimizer.safetensors")) {
            assertThat(SmallRun.checkpoint(run, (int) other.number()).resolve(file))
                    .hasSameBinaryContentAs(
                            SmallRun.checkpoint(run, (int) one.number()).resolve(file));
        }
    }

    private static void assertThatNothingWasTrainedTwiceAndNoVersionFell(Path run) throws IOException {
        List<Long> versions = new ArrayList<>();
        List<Long> sequences = new ArrayList<>();
        JsonMapper mapper = new JsonMapper();
        for (String line : Files.readAllLines(run.resolve("events.jsonl"))) {
            JsonNode event = mapper.readTree(line);
            switch (event.path("type").asText()) {
                case "RunStarted" -> {
                    versions.clear();
                    sequences.clear();
                }
                case "StepTrained" -> {
                    versions.add(event.at("/report/version").asLong());
                    sequences.add(event.at("/report/first_sequence").asLong());
                }
                case "RolledBack" -> {
                    versions.add(event.path("version").asLong());
                    assertThat(event.path("parent").asLong())
                            .isLessThan(event.path("from").asLong());
                }
                default -> {}
            }
            assertThat(versions).isSorted().doesNotHaveDuplicates();
            assertThat(sequences).isSorted().doesNotHaveDuplicates();
        }
        assertThat(SmallRun.events(run, "RolledBack")).isEqualTo(2);
    }

    private static ControlClient client(FreshetProcess process) throws IOException {
        Matcher control = CONTROL.matcher(process.printed());
        assertThat(control.find()).as(process.printed()).isTrue();
        return new ControlClient(Endpoint.parse(control.group(1)));
    }
}
