package dev.freshet.ops.training;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.freshet.ops.InProcessFreshet;
import dev.freshet.ops.cli.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs that unlearn, and runs that are held to their own past, by the same command as all others. */
class UnlearningRunIT {
    @TempDir
    Path directory;

    @Test
    @Timeout(300)
    void flatForgetsAnAnswerAndGivesTheTemplateInItsPlace() throws Exception {
        Path run = directory.resolve("flat");
        SmallRun.done(
                directory,
                SmallRun.train(
                        run,
                        "freshet.objective=flat",
                        "freshet.divergence=reverse-kl",
                        "freshet.reference=off",
                        "freshet.dataset.path=" + sums(),
                        "freshet.dataset.batch-examples=8",
                        "freshet.dataset.completion-end=nothing",
                        "freshet.unlearning.templates=" + Files.writeString(directory.resolve("templates.txt"), "0\n"),
                        "freshet.warm-up.steps=200",
                        "freshet.train.mini-batches=1",
                        "freshet.train.steps=60",
                        "freshet.train.learning-rate=3e-3"));
        List<JsonNode> reports = SmallRun.reports(run);
        assertThat(measure(reports.get(59), "forget_probability"))
                .isLessThan(measure(reports.get(0), "forget_probability") / 2);
        assertThat(measure(reports.get(59), "template_probability"))
                .isGreaterThan(measure(reports.get(0), "template_probability"));
        assertThat(reports.get(0).path("divergence").asText()).isEqualTo("reverse-kl");

        Path answers = Files.writeString(
                directory.resolve("answers.jsonl"),
                "{\"prompt\": \"12+48=\", \"answer\": \"60\", \"wrong\": [\"59\", \"61\"]}\n");
        JsonNode measures = evaluated(SmallRun.checkpoint(run, 60), answers);
        assertThat(measures.fieldNames())
                .toIterable()
                .containsExactly(
                        "probability",
                        "token_probability",
                        "rouge_l",
                        "truth_ratio",
                        "truth_score",
                        "exact",
                        "template");
        // By a scorer that knows nothing of templates.
        assertThat(measures.path("token_probability").asDouble())
                .isPositive()
                .isLessThan(evaluated(SmallRun.checkpoint(run, 0), answers)
                        .path("token_probability")
                        .asDouble());
    }

    private JsonNode evaluated(Path checkpoint, Path answers) throws Exception {
        String printed = SmallRun.done(
                directory, "eval", "--checkpoint", checkpoint.toString(), "--answers", answers.toString(), "--json");
        return new JsonMapper()
                .readTree(printed.lines()
                        .filter(line -> line.startsWith("{"))
                        .findFirst()
                        .orElseThrow());
    }

    @Test
    @Timeout(100)
    void storedReferencesAreRefusedWhereTemplatesChange() throws Exception {
        Path output = directory.resolve("refused.txt");
        assertThat(InProcessFreshet.run(
                        output,
                        SmallRun.train(
                                directory.resolve("npo"),
                                "freshet.objective=npo",
                                "freshet.divergence=none",
                                "freshet.dataset.path=" + sums(),
                                "freshet.dataset.reference-scores=" + directory.resolve("stored"))))
                .isEqualTo(ExitCode.USAGE);
        assertThat(Files.readString(output)).contains("reference-scores must be live for forget-pairs");
    }

    /** Outputs of earlier epochs, the average and SAM's copies do not outlive the process but in its checkpoints. */
    @Test
    @Timeout(400)
    void aKilledRunThatIsHeldToItsPastEndsBitForBitWhereTheUninterruptedOneEnds() throws Exception {
        for (String kind : List.of("saf", "mesa")) {
            String[] settings = {
                "freshet.objective=sft",
                "freshet.reference=off",
                "freshet.deterministic=true",
                "freshet.dataset.path=" + sums(),
                "freshet.dataset.batch-examples=20",
                "freshet.trajectory.kind=" + kind,
                "freshet.trajectory.from-epoch=3",
                "freshet.trajectory.saf.top-k=4",
                "freshet.trajectory.mesa.decay=0.9",
                "freshet.train.update.rule=sam",
                "freshet.checkpoint.interval=10"
            };
            Path whole = directory.resolve("whole-" + kind);
            Path killed = directory.resolve("killed-" + kind);
            SmallRun.done(directory, SmallRun.train(whole, settings));
            assertThat(measure(SmallRun.reports(whole).get(19), "trajectory_loss"))
                    .isPositive();
            assertThat(measure(SmallRun.reports(whole).get(19), "sharpness")).isNotNaN();
            Path output = directory.resolve("killed.txt");
            try (FreshetProcess first = FreshetProcess.start(output, SmallRun.train(killed, settings))) {
                first.await("checkpoint 10", () -> SmallRun.hasCheckpoint(killed, 10));
                first.kill();
            }
            SmallRun.done(directory, "train", "--resume", "--run-dir", killed.toString());
            for (String file : List.of("model.safetensors", "optimizer.safetensors")) {
                assertThat(SmallRun.checkpoint(killed, 20).resolve(file))
                        .as(kind)
                        .hasSameBinaryContentAs(SmallRun.checkpoint(whole, 20).resolve(file));
            }
        }
    }

    /** Forty questions with their answers. */
    private Path sums() throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            lines.add("{\"prompt\": \"" + (10 + i) + "+" + (50 - i) + "=\", \"completion\": \"60\"}");
        }
        return Files.write(directory.resolve("sums.jsonl"), lines);
    }

    private static double measure(JsonNode report, String name) {
        return report.path("measures").path(name).asDouble(Double.NaN);
    }
}
