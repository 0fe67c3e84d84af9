package dev.freshet.model.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.freshet.model.rollout.Prompt;
import dev.freshet.model.rollout.Tokens;
import dev.freshet.model.text.BytePairs;
import dev.freshet.model.text.ByteTokenizer;
import dev.freshet.model.text.CharTokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonlTaskTest {
    @TempDir
    Path directory;

    @Test
    void readsTheShippedExampleByDefault() {
        JsonlTask task = load();
        assertThat(task.tokenizer()).isInstanceOf(ByteTokenizer.class);
        assertThat(task.demonstrations()).isEmpty();
        Prompt prompt = task.trainingPrompt(0);
        assertThat(prompt.text()).startsWith("Question: ").endsWith("?\nAnswer: ");
        assertThat(prompt.tokens()).isEqualTo(task.tokenizer().encode(prompt.text()));
        assertThat(prompt.groundTruth()).matches("\\d+");
    }

    @Test
    void holdsOutAboutATenthAndNeverTrainsOnIt() {
        JsonlTask task = load("demonstrations = answers");
        int training = WordProblems.COUNT - task.heldOut().size();
        // Four standard errors of a binomial count of 600 with probability 0.1.
        assertThat(task.heldOut()).hasSizeBetween(60 - 30, 60 + 30).doesNotHaveDuplicates();
        Set<Prompt> trained = new HashSet<>();
        IntStream.range(0, training).forEach(sequence -> trained.add(task.trainingPrompt(sequence)));
        Set<Prompt> demonstrated = new HashSet<>();
        IntStream.range(0, training)
                .forEach(index -> demonstrated.add(
                        task.demonstrations().orElseThrow().get(index).prompt()));
        assertThat(trained).hasSize(training).isEqualTo(demonstrated).doesNotContainAnyElementsOf(task.heldOut());
    }

    @Test
    void eachEpochIsAPermutationThatDependsOnTheSeed() {
        List<String> lines = problems(50);
        JsonlTask task = load(file(lines), 1, "held-out-share = 0");
        List<Prompt> first =
                IntStream.range(0, 50).mapToObj(task::trainingPrompt).toList();
        List<Prompt> second =
                IntStream.range(50, 100).mapToObj(task::trainingPrompt).toList();
        assertThat(second).containsExactlyInAnyOrderElementsOf(first).isNotEqualTo(first);
        assertThat(load(file(lines), 1, "held-out-share = 0").trainingPrompt(7)).isEqualTo(first.get(7));
        assertThat(IntStream.range(0, 50).mapToObj(load(file(lines), 2, "held-out-share = 0")::trainingPrompt))
                .isNotEqualTo(first);
    }

    @Test
    void whatIsHeldOutDependsOnTheQuestionsAlone() {
        List<String> lines = problems(200);
        List<Prompt> heldOut = load(file(lines), 1, "held-out-share = 0.3").heldOut();
        Collections.shuffle(lines, new Random(5));
        assertThat(load(file(lines), 2, "held-out-share = 0.3").heldOut()).isEqualTo(heldOut);
        List<Prompt> fewer =
                load(file(lines.subList(0, 100)), 1, "held-out-share = 0.3").heldOut();
        assertThat(fewer).isNotEmpty().isSubsetOf(heldOut);
    }

    @Test
    void demonstratesTheAnswersOfTheFile() throws IOException {
        Path file = write("{\"question\": \"Two and two?\", \"answer\": \"2+2 = <<2+2=4>>4\\n#### 4\"}");
        JsonlTask task = load(file, 1, "demonstrations = answers, held-out-share = 0");
        Demonstration demonstration = task.demonstrations().orElseThrow().get(0);
        assertThat(demonstration.prompt()).isEqualTo(task.trainingPrompt(0));
        assertThat(task.tokenizer().decode(demonstration.completion())).isEqualTo("2+2 = <<2+2=4>>4\n#### 4<end>");
    }

    @Test
    void readsPromptsAsTheyAreWithTheirGroundTruth() throws IOException {
        Path file = write(
                "{\"prompt\": \"12+34=\", \"ground_truth\": 46, \"source\": \"any\"}",
                "",
                "{\"prompt\": \"1+1=\", \"ground_truth\": \"2\"}");
        JsonlTask task =
                load(file, 1, "layout = prompt, tokenizer = arithmetic, held-out-share = 0, demonstrations = answers");
        assertThat(Stream.of(task.trainingPrompt(0), task.trainingPrompt(1)))
                .containsExactlyInAnyOrder(prompt("12+34=", "46"), prompt("1+1=", "2"));
        assertThat(task.tokenizer()
                        .decode(task.demonstrations().orElseThrow().get(0).completion()))
                .matches("(46|2);");
    }

    private static Prompt prompt(String text, String groundTruth) {
        return new Prompt(text, CharTokenizer.arithmetic().encode(text), groundTruth);
    }

    @Test
    void aTemplateSurroundsTheQuestion() throws IOException {
        Path file = write("{\"prompt\": \"1+1\", \"ground_truth\": 2}");
        JsonlTask task = load(file, 1, "layout = prompt, held-out-share = 0, template = \"What is {prompt}?\"");
        assertThat(task.trainingPrompt(0).text()).isEqualTo("What is 1+1?");
    }

    @Test
    void aWholeFileCanBeHeldOut() throws IOException {
        Path training = write("{\"prompt\": \"1+1\", \"ground_truth\": 2}");
        Path heldOut =
                Files.writeString(directory.resolve("test.jsonl"), "{\"prompt\": \"2+2\", \"ground_truth\": 4}\n");
        JsonlTask task = load(training, 1, "layout = prompt, held-out-file = \"" + heldOut + "\"");
        assertThat(task.heldOut()).extracting(Prompt::text).containsExactly("2+2");
        assertThat(IntStream.range(0, 5).mapToObj(task::trainingPrompt))
                .allMatch(p -> p.text().equals("1+1"));
    }

    @Test
    void refusesProblemsThatAreAlsoHeldOut() throws IOException {
        Path training =
                write("{\"prompt\": \"1+1\", \"ground_truth\": 2}", "{\"prompt\": \"2+2\", \"ground_truth\": 4}");
        Path heldOut =
                Files.writeString(directory.resolve("test.jsonl"), "{\"prompt\": \"2+2\", \"ground_truth\": 4}\n");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> load(training, 1, "layout = prompt, held-out-file = \"" + heldOut + "\""))
                .withMessage("1 of 2 lines of " + training + " cannot be used; mend or remove them:\n  " + training
                        + ":2: the problem is also in " + heldOut + ", which is held out");
    }

    @Test
    void aTaskThatIsAllHeldOutHasNothingToTrainOn() {
        JsonlTask task = load("held-out-share = 1");
        assertThat(task.heldOut()).hasSize(WordProblems.COUNT);
        assertThatIllegalStateException()
                .isThrownBy(() -> task.trainingPrompt(0))
                .withMessage("all problems are held out, so there is none to train on: held-out-share is 1.0"
                        + " (freshet.task.jsonl.held-out-share)");
    }

    @Test
    void namesEveryBadLineAndWhatIsWrongWithIt() throws IOException {
        Path file = write(
                "{\"question\": \"fine?\", \"answer\": \"#### 1\"}",
                "not json",
                "{\"question\": \"cut",
                "[1, 2]",
                "{\"question\": \"no answer?\"}",
                "{\"question\": 5, \"answer\": \"#### 1\"}",
                "{\"question\": \"wrong type?\", \"answer\": null}",
                "{\"question\": \"unmarked?\", \"answer\": \"1\"}",
                "{\"question\": \"nothing?\", \"answer\": \"#### \"}",
                "{\"question\": \"no number?\", \"answer\": \"#### many\"}",
                "{\"question\": \"  \", \"answer\": \"#### 1\"}",
                "{\"question\": \"two\", \"answer\": \"#### 1\"} {}",
                "{\"question\": \"twice\", \"question\": \"twice\", \"answer\": \"#### 1\"}",
                "{\"question\": \"" + "long ".repeat(20) + "\", \"answer\": \"#### 1\"}");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> load(file, 1, "max-prompt-tokens = 100"))
                .withMessageStartingWith("13 of 14 lines of " + file + " cannot be used; mend or remove them:\n")
                .withMessageContainingAll(
                        file + ":2: not JSON: Unrecognized token 'not'",
                        file + ":3: not JSON: Unexpected end-of-input",
                        file + ":4: must be a JSON object, was an array",
                        file + ":5: field \"answer\" is missing; there are [question]",
                        file + ":6: field \"question\" must be a string, was a number",
                        file + ":7: field \"answer\" must be a string, was null",
                        file + ":8: field \"answer\" must end in #### and a number",
                        file + ":9: field \"answer\" must have a number after ####",
                        file + ":10: the ground truth must be a number, was \"many\"",
                        file + ":11: field \"question\" must not be blank",
                        file + ":12: must be one JSON object, was followed by more",
                        file + ":13: not JSON: Duplicate field 'question'",
                        file + ":14: the prompt must have at most 100 tokens, had 119"
                                + " (freshet.task.jsonl.max-prompt-tokens)")
                .withMessageNotContaining(file + ":1:");
    }

    @Test
    void namesTheFirstBadLinesAndCountsTheRest() throws IOException {
        Path file = write(Collections.nCopies(25, "bad").toArray(String[]::new));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> load(file, 1, ""))
                .withMessageStartingWith("25 of 25 lines of " + file)
                .withMessageContaining(file + ":20: ")
                .withMessageNotContaining(file + ":21: ")
                .withMessageEndingWith("\n  and 5 more");
    }

    @Test
    void refusesCharactersTheTokenizerDoesNotKnow() throws IOException {
        Path file = write("{\"prompt\": \"x+1=\", \"ground_truth\": 2}");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> load(file, 1, "layout = prompt, tokenizer = arithmetic"))
                .withMessageContaining(file + ":1: no token for 'x' (U+0078) at position 0");
    }

    @Test
    void refusesBytesThatAreNotUtf8() throws IOException {
        Path file = Files.write(
                directory.resolve("latin.jsonl"),
                "{\"prompt\": \"caf\u00e9\", \"ground_truth\": 2}".getBytes(StandardCharsets.ISO_8859_1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> load(file, 1, "layout = prompt"))
                .withMessageContaining(file + ":1: not JSON: Invalid UTF-8");
    }

    @Test
    void aByteOrderMarkIsPassedOverButIsNoProblem() throws IOException {
        Path marked = write("\uFEFF{\"prompt\": \"1+1\", \"ground_truth\": 2}");
        assertThat(load(marked, 1, "layout = prompt, held-out-share = 0")
                        .trainingPrompt(0)
                        .text())
                .isEqualTo("1+1");
        Path alone = write("\uFEFF");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> load(alone, 1, "layout = prompt"))
                .withMessageContaining(alone + ":1: not JSON: Unexpected character");
    }

    @Test
    void refusesAMissingOrEmptyFile() throws IOException {
        Path missing = directory.resolve("missing.jsonl");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> load(missing, 1, ""))
                .withMessage("no such file: " + missing + " (freshet.task.jsonl.file)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> load("held-out-file = \"" + missing + "\""))
                .withMessage("no such file: " + missing + " (freshet.task.jsonl.held-out-file)");
        Path empty = write("");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> load(empty, 1, ""))
                .withMessage(empty + " must have at least one line, had none");
    }

    @Test
    void aTokenizerFileCanBeNamed() throws IOException {
        Path tokenizer = BytePairs.write(directory.resolve("tokenizer.json"));
        Path file = write("{\"prompt\": \"the <eos>\", \"ground_truth\": 2}");
        JsonlTask task = load(
                file,
                1,
                "layout = prompt, held-out-share = 0, demonstrations = answers, tokenizer = \"" + tokenizer
                        + "\", stop-tokens = [\"<|turn|>\", \"<eos>\"]");
        assertThat(task.tokenizer().decode(task.trainingPrompt(0).tokens())).isEqualTo("the <eos>");
        assertThat(task.trainingPrompt(0).tokens().toArray())
                .startsWith(BytePairs.LETTER_PAIR)
                .doesNotContain(BytePairs.END);
        assertThat(task.demonstrations().orElseThrow().get(0).completion()).isEqualTo(Tokens.of('2', BytePairs.TURN));
    }

    @Test
    void aForeignVerifierNeedsNoNumbers() throws IOException {
        Path file = write("{\"prompt\": \"Capital of France?\", \"ground_truth\": \"Paris\"}");
        JsonlTask task =
                load(file, 1, "layout = prompt, held-out-share = 0, verifier { kind = process, command = [judge] }");
        assertThat(task.trainingPrompt(0).groundTruth()).isEqualTo("Paris");
        assertThat(task.verifier().name()).isEqualTo("process");
    }

    private static JsonlTask load(String settings) {
        return JsonlTask.load(settings(settings), 1);
    }

    private static JsonlTask load() {
        return load("");
    }

    private static JsonlTask load(Path file, long seed, String settings) {
        return JsonlTask.load(settings("file = \"" + file + "\"\n" + settings), seed);
    }

    private static JsonlSettings settings(String jsonl) {
        Config set = ConfigFactory.parseString("freshet.task.jsonl {\n" + jsonl + "\n}");
        return JsonlSettings.from(set.withFallback(ConfigFactory.parseResources("task.conf")));
    }

    private Path write(String... lines) throws IOException {
        return Files.write(directory.resolve("problems.jsonl"), List.of(lines));
    }

    private Path file(List<String> lines) {
        try {
            return write(lines.toArray(String[]::new));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> problems(int count) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            lines.add(new WordProblems.WordProblem("What is " + i + " times 2?", "#### " + 2 * i).line());
        }
        return lines;
    }
}
