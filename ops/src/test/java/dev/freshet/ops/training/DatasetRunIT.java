package dev.freshet.ops.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.freshet.actors.RunControl.ChangeMode;
import dev.freshet.ops.InProcessFreshet;
import dev.freshet.ops.cli.ExitCode;
import dev.freshet.ops.control.ControlClient;
import dev.freshet.ops.control.ControlException;
import dev.freshet.ops.control.PolicyClient;
import dev.freshet.ops.control.PolicySample;
import dev.freshet.ops.control.SteeringClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs that learn from a file, by the same command, and with the same files and controls, as those that learn from rollouts. */
class DatasetRunIT {
    private static final String[] SFT = {
        "freshet.objective=sft",
        "freshet.reference=off",
        "freshet.dataset.batch-examples=8",
        "freshet.train.mini-batches=1"
    };
    private static final String[] DPO = {
        "freshet.objective=dpo", "freshet.dataset.batch-examples=8", "freshet.deterministic=true"
    };

    @TempDir
    Path directory;

    @Test
    @Timeout(200)
    void imitatesAFileAndNamesTheLinesThatItCannotUse() throws Exception {
        Path file = additions("{\"prompt\": \"12+34=\"", "{\"prompt\": \"12+34=\", \"answer\": \"46\"}", "[1]");
        Path run = directory.resolve("run");
        SmallRun.done(
                directory,
                SmallRun.train(
                        run,
                        SmallRun.with(
                                SFT,
                                "freshet.dataset.path=" + file,
                                "freshet.train.steps=60",
                                "freshet.train.learning-rate-warm-up-steps=0",
                                "freshet.train.learning-rate=3e-3")));

        List<JsonNode> reports = SmallRun.reports(run);
        assertThat(reports).hasSize(60);
        assertThat(logProb(reports.get(59)) - logProb(reports.get(0)))
                .as("how much likelier the demonstrations' tokens have become, in nats")
                .isGreaterThan(0.5);
        String journal = Files.readString(run.resolve("events.jsonl"));
        assertThat(journal)
                .contains("\"reason\":\"malformed\"")
                .contains(file + ":41: ", file + ":42: ", file + ":43: ")
                .contains("field \\\"completion\\\" is missing");
        JsonNode summary = json(run.resolve("summary.json"));
        assertThat(summary.path("steps").asInt()).isEqualTo(60);
        assertThat(summary.path("staleness_bound").asLong()).isZero();
        assertThat(summary.at("/groups/trained").asLong()).isEqualTo(60 * 8);
        assertThat(summary.at("/groups/in_flight").asLong()).isZero();
        assertThat(Files.readAllLines(run.resolve("metrics.csv")).get(0)).contains("measures");
        assertThat(run.resolve("report.html")).content().contains("</html>");
        assertThat(SmallRun.hasCheckpoint(run, 60)).isTrue();
    }

    @Test
    @Timeout(200)
    void stopsAtALineThatItCannotUseIfItIsToldTo() throws Exception {
        Path file = additions("{");
        Path output = directory.resolve("stopped.txt");
        assertThat(InProcessFreshet.run(
                        output,
                        SmallRun.train(
                                directory.resolve("run"),
                                SmallRun.with(SFT, "freshet.dataset.path=" + file, "freshet.dataset.bad-lines=stop"))))
                .isEqualTo(ExitCode.FAILED);
        assertThat(Files.readString(output))
                .contains(file + ":41: ")
                .contains("mend or remove the line, or set freshet.dataset.bad-lines = drop");
    }

    /** The killed one has its reference's log-probs from the disk, where the first has stored them; a third scores them anew. */
    @Test
    @Timeout(300)
    void aKilledRunEndsBitForBitWhereTheUninterruptedOneEnds() throws Exception {
        String[] settings = SmallRun.with(
                DPO,
                "freshet.checkpoint.interval=10",
                "freshet.dataset.reference-scores=" + directory.resolve("stored"));
        Path whole = directory.resolve("whole");
        Path killed = directory.resolve("killed");
        assertThat(SmallRun.done(directory, SmallRun.train(whole, settings)))
                .contains("reference log-probs of 600 examples are computed once", "600/600 examples");
        assertThat(SmallRun.events(whole, "ReferenceScored")).isEqualTo(100);
        Path output = directory.resolve("killed.txt");
        try (FreshetProcess first = FreshetProcess.start(output, SmallRun.train(killed, settings))) {
            first.await("checkpoint 10", () -> SmallRun.hasCheckpoint(killed, 10));
            first.kill();
            assertThat(first.printed()).doesNotContain("are computed once");
        }
        assertThat(SmallRun.hasCheckpoint(killed, 20)).isFalse();
        SmallRun.done(directory, "train", "--resume", "--run-dir", killed.toString());
        assertThatTheyEndAlike(killed, whole);
        assertThat(sequences(killed)).endsWith(sequences(whole).subList(10, 20).toArray(JsonNode[]::new));

        Path live = directory.resolve("live");
        SmallRun.done(directory, SmallRun.train(live, SmallRun.with(DPO, "freshet.train.mini-batches=1")));
        assertThat(SmallRun.reports(live).get(0).path("measures").path("margin").asDouble())
                .as("a policy that has not moved prefers nothing")
                .isCloseTo(0, within(1e-5));

        Path refused = directory.resolve("refused.txt");
        assertThat(InProcessFreshet.run(
                        refused,
                        SmallRun.train(
                                directory.resolve("other"), SmallRun.with(settings, "freshet.warm-up.steps=11"))))
                .isNotZero();
        assertThat(Files.readString(refused))
                .contains("stored reference log-probs must be of the run's reference, whose weights have SHA-256");
    }

    @Test
    @Timeout(200)
    void isSwitchedBetweenObjectivesOfItsKindAndRefusesOthersByName() throws Exception {
        Path run = directory.resolve("run");
        try (FreshetProcess process = FreshetProcess.start(
                directory.resolve("run.txt"), SmallRun.train(run, SmallRun.with(DPO, "freshet.train.steps=100000")))) {
            process.await("some steps", () -> SmallRun.events(run, "StepTrained") > 2);
            try (ControlClient client = process.control()) {
                SteeringClient steering = new SteeringClient(client);
                assertThatThrownBy(() -> steering.switchObjective("grpo", Map.of(), ChangeMode.CARRY_OUT))
                        .isInstanceOf(ControlException.class)
                        .hasMessageContaining("objective grpo learns from rollouts, and this run has preferences");
                assertThatThrownBy(() -> steering.switchObjective("sft", Map.of(), ChangeMode.CARRY_OUT))
                        .isInstanceOf(ControlException.class)
                        .hasMessageContaining("objective sft learns from demonstrations, and this run has preferences");
                assertThat(new PolicyClient(client)
                                .sample(new PolicySample.Order("12+34=", 1, OptionalDouble.empty()))
                                .completions())
                        .hasSize(1);
                var switched = steering.switchObjective(
                        "f-dpo", Map.of("freshet.f-dpo.log-ratio-clamp", "9"), ChangeMode.CARRY_OUT);
                assertThat(switched.toName()).isEqualTo("f-dpo");
                long from = switched.firstVersion().number();
                process.await("steps after it", () -> SmallRun.events(run, "StepTrained") > from + 2);
                List<JsonNode> reports = SmallRun.reports(run);
                assertThat(reports.get((int) from - 2).path("objective").asText())
                        .isEqualTo("dpo");
                assertThat(reports.get((int) from - 2).path("divergence").asText())
                        .isEqualTo("reverse-kl");
                assertThat(reports.get((int) from - 1).path("objective").asText())
                        .isEqualTo("f-dpo");
                assertThat(reports.get((int) from - 1).path("divergence").asText())
                        .isEqualTo("js");
            }
            process.terminate();
            assertThat(process.exitCode()).as(process.printed()).isZero();
        }
        JsonNode groups = json(run.resolve("summary.json")).path("groups");
        assertThat(groups.path("in_flight").asLong()).isZero();
        assertThat(groups.path("admitted").asLong())
                .isEqualTo(groups.path("trained").asLong()
                        + groups.path("returned").asLong());
    }

    @Test
    @Timeout(100)
    void anotherFileIsAnotherRun() throws Exception {
        Path run = directory.resolve("run");
        SmallRun.done(directory, SmallRun.train(run, SmallRun.with(SFT, "freshet.train.steps=2")));
        Path output = directory.resolve("other.txt");
        assertThat(InProcessFreshet.run(
                        output,
                        "train",
                        "--resume",
                        "--run-dir",
                        run.toString(),
                        "--set",
                        "freshet.dataset.path=" + additions()))
                .isEqualTo(ExitCode.USAGE);
        assertThat(Files.readString(output)).contains("a resumed run must keep what it learns from, demonstrations ");
    }

    /** Forty demonstrations, and further lines. */
    private Path additions(String... lines) throws IOException {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            all.add("{\"prompt\": \"" + (10 + i) + "+" + (50 - i) + "=\", \"completion\": \"60\"}");
        }
        all.addAll(List.of(lines));
        return Files.write(directory.resolve("additions.jsonl"), all);
    }

    private static void assertThatTheyEndAlike(Path run, Path other) {
        for (String file : new String[] {"model.safetensors", "optimizer.safetensors"}) {
            assertThat(SmallRun.checkpoint(run, 20).resolve(file))
                    .hasSameBinaryContentAs(SmallRun.checkpoint(other, 20).resolve(file));
        }
    }

    private static double logProb(JsonNode report) {
        return report.path("measures").path("log_prob").asDouble(Double.NaN);
    }

    /** The first number of each step's batch. */
    private static List<JsonNode> sequences(Path run) throws IOException {
        return SmallRun.reports(run).stream()
                .map(report -> report.path("first_sequence"))
                .toList();
    }

    private static JsonNode json(Path file) throws IOException {
        return new JsonMapper().readTree(file.toFile());
    }
}
