package dev.freshet.ops.training;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freshet.ops.InProcessFreshet;
import dev.freshet.ops.InProcessFreshet.Ended;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class TrainingRunIT {
    @TempDir
    Path directory;

    @Test
    @Timeout(200)
    void trainsFromWarmUpToReportAndCanBeAskedAfterwards() throws Exception {
        Path run = directory.resolve("run");
        Path printed = directory.resolve("train.txt");
        assertThat(InProcessFreshet.run(
                        printed, SmallRun.train(run, "freshet.divergence=js", "freshet.warm-up.steps=60")))
                .as(Files.readString(printed))
                .isZero();

        JsonNode summary =
                new ObjectMapper().readTree(run.resolve("summary.json").toFile());
        assertThat(summary.path("steps").asInt()).isEqualTo(20);
        assertThat(summary.path("divergence").asText()).isEqualTo("js");
        assertThat(summary.path("pass_at_1_before").asDouble()).isBetween(0.0, 1.0);
        assertThat(summary.path("pass_at_8_after").asDouble()).isBetween(0.0, 1.0);
        assertThat(summary.path("staleness_bound").asLong()).isEqualTo(1);
        assertThat(summary.path("max_staleness").asLong()).isEqualTo(1);
        JsonNode groups = summary.path("groups");
        assertThat(groups.path("trained").asLong()).isEqualTo(20 * 8);
        assertThat(groups.path("in_flight").asLong()).isZero();
        assertThat(groups.path("admitted").asLong())
                .isEqualTo(groups.path("trained").asLong()
                        + groups.path("returned").asLong());
        assertThat(run.resolve("report.html")).content().contains("</html>");
        assertThat(run.resolve("freshet.log"))
                .content()
                .containsSubsequence(
                        "warm-up begins: 60 steps of 16 demonstrations each\n",
                        "WarmUpProgressed[step=6, totalSteps=60",
                        "WarmUpProgressed[step=60, totalSteps=60",
                        "warm-up has ended after 60 steps: its weights are v0\n",
                        "RunStarted[")
                .doesNotContain("WarmUpProgressed[step=7,");
        assertThat(Files.readAllLines(run.resolve("metrics.csv"))).hasSize(1 + 20);

        Path checkpoint = SmallRun.checkpoint(run, 20);
        Ended evaluated = InProcessFreshet.run("eval", "--checkpoint", checkpoint.toString(), "--k", "1,4", "--json");
        assertThat(evaluated.exitCode()).isZero();
        assertThat(evaluated.out()).singleElement().asString().contains("\"policy_version\":20", "\"4\":");
        Ended generated = InProcessFreshet.run(
                "generate", "--checkpoint", checkpoint.toString(), "--prompt", "07+35=", "--n", "3");
        assertThat(generated.exitCode()).isZero();
        assertThat(generated.out()).hasSize(3);

        Files.writeString(checkpoint.resolve("model.safetensors"), "damaged");
        Ended refused = InProcessFreshet.run("eval", "--checkpoint", checkpoint.toString());
        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.err())
                .singleElement()
                .asString()
                .contains("step-000020 refused", ": name another checkpoint (--checkpoint)");
    }

    @Test
    @Timeout(200)
    void isSteeredAndScrapedWhileItTrainsAndDrainsOnSigterm() throws Exception {
        Path run = directory.resolve("run");
        try (FreshetProcess training = FreshetProcess.start(
                directory.resolve("train.txt"), SmallRun.train(run, "freshet.train.steps=100000"))) {
            training.await("the first step", () -> SmallRun.events(run, "StepTrained") > 0);
            String endpoint = address(training.printed(), "control on /([0-9.:]+)");

            assertThat(ctl(endpoint, "switch-divergence", "forward-kl", "--coefficient", "0.1"))
                    .contains("forward-kl");
            assertThat(ctl(endpoint, "pause")).contains("paused");
            long steps = SmallRun.events(run, "StepTrained");
            assertThat(ctl(endpoint, "status")).contains("paused").contains("forward-kl");
            assertThat(SmallRun.events(run, "StepTrained")).isEqualTo(steps);
            assertThat(ctl(endpoint, "checkpoint")).contains("step-");
            assertThat(ctl(endpoint, "resume")).contains("running");
            training.await("a step after the pause", () -> SmallRun.events(run, "StepTrained") > steps);

            String scraped = scrape(address(training.printed(), "metrics on (http://[0-9.:]+/metrics)"));
            assertThat(scraped)
                    .contains("freshet_divergence_active{divergence=\"forward-kl\"} 1")
                    .contains("freshet_train_steps_total");

            training.terminate();
            assertThat(training.exitCode()).as(training.printed()).isZero();
            assertThat(training.printed()).contains("told to end, and so not evaluated at the end", "report: ");
        }
        assertThat(SmallRun.events(run, "RunFinished")).isEqualTo(1);
        assertThat(SmallRun.events(run, "EvaluationCompleted")).isEqualTo(1);
        JsonNode summary =
                new ObjectMapper().readTree(run.resolve("summary.json").toFile());
        assertThat(SmallRun.hasCheckpoint(run, summary.path("policy_version").asInt()))
                .isTrue();
        assertThat(summary.path("divergence").asText()).isEqualTo("forward-kl");
    }

    @Test
    @Timeout(200)
    void aDrainThatTakesTooLongHandsBackWhatIsInFlightAndStillWritesItsCheckpoint() throws Exception {
        Path run = directory.resolve("run");
        try (FreshetProcess training = FreshetProcess.start(
                directory.resolve("train.txt"),
                SmallRun.train(
                        run,
                        "freshet.train.steps=100000",
                        "freshet.train.batch-groups=64",
                        "freshet.run.drain-deadline=1 ms"))) {
            training.await("the first step", () -> SmallRun.events(run, "StepTrained") > 0);
            training.terminate();
            assertThat(training.exitCode()).as(training.printed()).isZero();
        }
        String why = "the drain did not end within PT0.001S (freshet.run.drain-deadline)";
        assertThat(run.resolve("events.jsonl"))
                .content()
                .contains("\"why\":\"" + why + "; finishing the running step\"", "\"why\":\"" + why + "\"");
        JsonNode summary =
                new ObjectMapper().readTree(run.resolve("summary.json").toFile());
        assertThat(summary.at("/groups/returned").asLong()).isPositive();
        assertThat(SmallRun.hasCheckpoint(run, summary.path("policy_version").asInt()))
                .isTrue();
    }

    @Test
    @Timeout(300)
    void aRunThatEndedInItsWarmUpBeginsAnewAndOneThatWentOnTakesAnotherDivergence() throws Exception {
        Path run = directory.resolve("run");
        try (FreshetProcess first = FreshetProcess.start(
                directory.resolve("first.txt"), SmallRun.train(run, "freshet.warm-up.steps=3000"))) {
            first.await("the warm-up", () -> SmallRun.events(run, "WarmUpProgressed") > 0);
            assertThat(scrape(address(first.printed(), "metrics on (http://[0-9.:]+/metrics)")))
                    .contains("freshet_divergence_active{divergence=\"js\"} 1")
                    .contains("freshet_divergence_coefficient 0.05", "freshet_staleness_bound 1")
                    .contains("freshet_planned_steps 20", "freshet_train_steps_total 0");
            first.terminate();
            assertThat(first.exitCode()).as(first.printed()).isZero();
            assertThat(first.printed()).contains("ended before the first step, as asked; nothing was trained");
            assertThat(run.resolve("freshet.log"))
                    .content()
                    .containsSubsequence("warm-up begins: 3000 steps", "ended before the first step, as asked\n")
                    .doesNotContain("warm-up has ended");
        }
        assertThat(run.resolve("summary.json")).doesNotExist();

        assertThat(resume(run, "freshet.warm-up.steps=10", "freshet.train.steps=2"))
                .contains("the run ended before its first checkpoint, and begins anew with its warm-up");
        assertThat(SmallRun.hasCheckpoint(run, 2)).isTrue();
        resume(run, "freshet.train.steps=4", "freshet.divergence=forward-kl");

        assertThat(SmallRun.events(run, "DivergenceSwitched")).isEqualTo(1);
        JsonNode summary =
                new ObjectMapper().readTree(run.resolve("summary.json").toFile());
        assertThat(summary.path("steps").asInt()).isEqualTo(4);
        assertThat(summary.path("divergence").asText()).isEqualTo("forward-kl");
        assertThat(summary.path("pass_at_8_before").isNumber()).isTrue();
    }

    @Test
    @Timeout(200)
    void aRunThatFailsHasItsReport() throws Exception {
        Path run = directory.resolve("run");
        try (FreshetProcess training = FreshetProcess.start(
                directory.resolve("train.txt"), SmallRun.train(run, "freshet.warm-up.steps=300"))) {
            training.await("the warm-up", () -> SmallRun.events(run, "WarmUpProgressed") > 0);
            Files.delete(run.resolve("checkpoints"));
            Files.writeString(run.resolve("checkpoints"), "in the way");

            assertThat(training.exitCode()).as(training.printed()).isEqualTo(1);
            assertThat(training.printed()).contains("the first checkpoint could not be written", "report: ");
        }
        assertThat(run.resolve("report.html")).content().contains("finished: failed");
    }

    private String resume(Path run, String... settings) throws Exception {
        List<String> command = new ArrayList<>(List.of("train", "--resume", "--run-dir", run.toString()));
        for (String setting : settings) {
            command.addAll(List.of("--set", setting));
        }
        Path printed = directory.resolve("resumed.txt");
        assertThat(InProcessFreshet.run(printed, command.toArray(String[]::new)))
                .as(Files.readString(printed))
                .isZero();
        return Files.readString(printed);
    }

    private static String ctl(String endpoint, String... arguments) {
        Stream<String> connection = Stream.of("ctl", "--endpoint", endpoint);
        Ended ended = InProcessFreshet.run(
                Stream.concat(connection, Stream.of(arguments)).toArray(String[]::new));
        assertThat(ended.exitCode()).as("%s", ended).isZero();
        return String.join("\n", ended.out());
    }

    private static String address(String printed, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(printed);
        assertThat(matcher.find()).as(printed).isTrue();
        return matcher.group(1);
    }

    private static String scrape(String address) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(address)).build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
