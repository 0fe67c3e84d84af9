package dev.freshet.ops.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.ops.InProcessFreshet;
import dev.freshet.ops.InProcessFreshet.Ended;
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
class CheckpointUseTest {
    @TempDir
    static Path directory;

    private static Path checkpoint;

    @BeforeAll
    static void trainForAStep() throws Exception {
        Path run = directory.resolve("run");
        Ended trained = InProcessFreshet.run(SmallRun.train(run, "freshet.train.steps=1"));
        assertThat(trained.exitCode()).as("%s", trained).isZero();
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

        Ended ended = InProcessFreshet.run(eval(data, "--set", "freshet.task.jsonl.layout=prompt", "--json"));

        assertThat(ended.exitCode()).as("%s", ended).isZero();
        assertThat(ended.out()).singleElement().asString().contains("\"prompts\":40,\"samples\":8");
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

        Ended ended = InProcessFreshet.run(eval(data, "--set", "freshet.task.jsonl.layout=prompt"));

        assertThat(ended.exitCode()).isEqualTo(2);
        List<String> lines = ended.err();
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

        Ended evaluated = InProcessFreshet.run(eval(data, "--set", "freshet.task.jsonl.layout=prompt"));
        Ended generated = InProcessFreshet.run("generate", "--checkpoint", checkpoint.toString(), "--prompt", tooLong);

        for (Ended refused : List.of(evaluated, generated)) {
            assertThat(refused.exitCode()).isEqualTo(2);
            assertThat(refused.err())
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
