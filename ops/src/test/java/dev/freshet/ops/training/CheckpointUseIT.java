package dev.freshet.ops.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code eval} and {@code generate} do with a checkpoint of the quickstart's task. */
@Timeout(200)
class CheckpointUseIT {
    @TempDir
    static Path directory;

    private static Path checkpoint;

    @BeforeAll
    static void trainForAStep() throws Exception {
        Path run = directory.resolve("run");
        Path printed = directory.resolve("train.txt");
        String[] brief = {"freshet.warm-up.steps=2", "freshet.train.steps=1"};
        assertThat(FreshetProcess.run(printed, SmallRun.train(run, brief)))
                .as(Files.readString(printed))
                .isZero();
        checkpoint = SmallRun.checkpoint(run, 1);
    }

    @Test
    void evaluatesAllProblemsOfAFileInTheTokensOfTheRun() throws Exception {
        Path data = directory.resolve("sums = of \"two\".jsonl");
        Files.write(
                data,
                IntStream.range(10, 50)
                        .mapToObj(
                                first -> "{\"prompt\": \"" + first + "+35=\", \"ground_truth\": " + (first + 35) + "}")
                        .toList());
        Path printed = directory.resolve("eval.txt");

        assertThat(FreshetProcess.run(printed, eval(data, "--set", "freshet.task.jsonl.layout=prompt", "--json")))
                .as(Files.readString(printed))
                .isZero();

        assertThat(FreshetProcess.lines(printed)).singleElement().asString().contains("\"prompts\":40,\"samples\":8");
    }

    @Test
    void namesEveryLineThatCannotBeUsed() throws Exception {
        Path data = Files.write(
                directory.resolve("bad.jsonl"),
                List.of(
                        "{\"prompt\": \"07+35=\", \"ground_truth\": 42}",
                        "{\"prompt\": \"07+35=\"}",
                        "{\"prompt\": \"07+3",
                        "{\"prompt\": \"07+35=\", \"ground_truth\": 42}"));
        Path printed = directory.resolve("refused.txt");

        assertThat(FreshetProcess.run(printed, eval(data, "--set", "freshet.task.jsonl.layout=prompt")))
                .isEqualTo(2);

        List<String> lines = FreshetProcess.lines(printed);
        assertThat(lines).hasSize(3);
        assertThat(lines.get(0)).endsWith("2 of 4 lines of " + data + " cannot be used; mend or remove them:");
        assertThat(lines.get(1)).contains(data + ":2: field \"ground_truth\" is missing; there are [prompt]");
        assertThat(lines.get(2)).contains(data + ":3: not JSON");
    }

    @Test
    void aProblemOrPromptThatDoesNotFitIsTheUsersMistake() throws Exception {
        String tooLong = "1+".repeat(40) + "1=";
        Path data = Files.writeString(
                directory.resolve("long.jsonl"), "{\"prompt\": \"" + tooLong + "\", \"ground_truth\": 41}");
        Path evaluated = directory.resolve("eval-long.txt");
        Path generated = directory.resolve("generate-long.txt");

        assertThat(FreshetProcess.run(evaluated, eval(data, "--set", "freshet.task.jsonl.layout=prompt")))
                .isEqualTo(2);
        assertThat(FreshetProcess.run(
                        generated, "generate", "--checkpoint", checkpoint.toString(), "--prompt", tooLong))
                .isEqualTo(2);

        for (Path printed : List.of(evaluated, generated)) {
            assertThat(FreshetProcess.lines(printed))
                    .singleElement()
                    .asString()
                    .contains("a prompt of 82 tokens and max-completion-length ", "shorten \"1+1+1+");
        }
    }

    private static String[] eval(Path data, String... more) {
        List<String> arguments = new ArrayList<>(
                List.of("eval", "--checkpoint", checkpoint.toString(), "--data", data.toString(), "--k", "1,2"));
        arguments.addAll(List.of(more));
        return arguments.toArray(String[]::new);
    }
}
