package dev.freshet.model.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.freshet.model.task.JsonlSettings.Demonstrated;
import dev.freshet.model.task.NumberVerifier.Unfinished;
import dev.freshet.model.task.TaskSettings.TaskName;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TaskSettingsTest {
    private static final Config DEFAULTS = ConfigFactory.parseResources("task.conf");

    @Test
    void defaults() {
        assertThat(TaskSettings.from(DEFAULTS))
                .isEqualTo(new TaskSettings(
                        TaskName.ARITHMETIC,
                        new ArithmeticSettings(2, 2, 0.5),
                        new CountdownSettings(30, 0.3),
                        new StringsSettings(StringConstraint.ENDS_AS_IT_BEGINS, 10, 25),
                        new LettersSettings(5, 0.1),
                        new SqlSettings(40, 7, 0.7, 100_000, Duration.ofSeconds(5)),
                        new JsonlSettings(
                                "",
                                "",
                                JsonlLayout.GSM8K,
                                "",
                                "bytes",
                                List.of(),
                                0.1,
                                1024,
                                Demonstrated.NONE,
                                new VerifierSettings(
                                        VerifierSettings.Kind.NUMBER,
                                        Unfinished.WRONG,
                                        List.of(),
                                        Duration.ofSeconds(10)))));
    }

    @Test
    void everyKeyIsRead() {
        Config all = ConfigFactory.parseString("""
                freshet.task {
                  name = jsonl
                  arithmetic { min-digits = 1, max-digits = 3, teacher-accuracy = 0.75 }
                  countdown { target-limit = 40, addition-share = 0.2 }
                  strings { constraint = rare-letter-once, length = 8, language-seed = 4 }
                  letters { length = 6, noise = 0.2 }
                  sql { rows = 9, table-seed = 3, teacher-accuracy = 0.5, max-instructions = 5000, deadline = 100 ms }
                  jsonl {
                    file = train.jsonl, held-out-file = test.jsonl, layout = prompt, template = "Q {prompt}"
                    tokenizer = models/tokenizer.json, stop-tokens = ["<eos>", "<end>"], held-out-share = 0.2
                    max-prompt-tokens = 77, demonstrations = answers
                    verifier { kind = process, unfinished = judged, command = [python3, judge.py], deadline = 250 ms }
                  }
                }
                """);
        assertThat(TaskSettings.from(all))
                .isEqualTo(new TaskSettings(
                        TaskName.JSONL,
                        new ArithmeticSettings(1, 3, 0.75),
                        new CountdownSettings(40, 0.2),
                        new StringsSettings(StringConstraint.RARE_LETTER_ONCE, 8, 4),
                        new LettersSettings(6, 0.2),
                        new SqlSettings(9, 3, 0.5, 5000, Duration.ofMillis(100)),
                        new JsonlSettings(
                                "train.jsonl",
                                "test.jsonl",
                                JsonlLayout.PROMPT,
                                "Q {prompt}",
                                "models/tokenizer.json",
                                List.of("<eos>", "<end>"),
                                0.2,
                                77,
                                Demonstrated.ANSWERS,
                                new VerifierSettings(
                                        VerifierSettings.Kind.PROCESS,
                                        Unfinished.JUDGED,
                                        List.of("python3", "judge.py"),
                                        Duration.ofMillis(250)))));
        // A key that this test forgets to set would be read from the documented defaults alone.
        assertThat(all.entrySet().stream().map(entry -> entry.getKey()))
                .containsExactlyInAnyOrderElementsOf(DEFAULTS.entrySet().stream()
                        .map(entry -> entry.getKey())
                        .toList());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "name = sums | name must be one of arithmetic, countdown, strings, letters, sql, jsonl, was sums (freshet.task.name)",
                "arithmetic.min-digits = 0 | min-digits must be in 1..max-digits, which is 2, was 0"
                        + " (freshet.task.arithmetic.min-digits)",
                "arithmetic.min-digits = 3 | min-digits must be in 1..max-digits, which is 2, was 3"
                        + " (freshet.task.arithmetic.min-digits)",
                "arithmetic.max-digits = 4 | max-digits must be in 1..3, was 4 (freshet.task.arithmetic.max-digits)",
                "arithmetic.teacher-accuracy = 1.5 | teacher-accuracy must be in 0..1, was 1.5"
                        + " (freshet.task.arithmetic.teacher-accuracy)",
                "arithmetic.teacher-accuracy = NaN | teacher-accuracy must be in 0..1, was NaN"
                        + " (freshet.task.arithmetic.teacher-accuracy)",
                "countdown.target-limit = 0 | target-limit must be in 1..100, was 0 (freshet.task.countdown.target-limit)",
                "countdown.target-limit = 101 | target-limit must be in 1..100, was 101"
                        + " (freshet.task.countdown.target-limit)",
                "countdown.addition-share = -0.1 | addition-share must be in 0..1, was -0.1"
                        + " (freshet.task.countdown.addition-share)",
                "letters.length = 1 | length must be at least 2 letters, was 1 (freshet.task.letters.length)",
                "letters.noise = 2 | noise must be in 0..1, was 2.0 (freshet.task.letters.noise)",
                "sql.rows = 0 | rows must be in 1..1000, was 0 (freshet.task.sql.rows)",
                "sql.teacher-accuracy = 2 | teacher-accuracy must be in 0..1, was 2.0 (freshet.task.sql.teacher-accuracy)",
                "sql.max-instructions = 9 | max-instructions must be at least 1000, was 9 (freshet.task.sql.max-instructions)",
                "sql.deadline = 0 s | deadline must be longer than 0 and at most 1 h, was 0 ms (freshet.task.sql.deadline)",
                "jsonl.layout = csv | layout must be one of gsm8k, prompt, was csv (freshet.task.jsonl.layout)",
                "jsonl.template = bare | template must hold {prompt}, was \"bare\" (freshet.task.jsonl.template)",
                "jsonl.tokenizer = \"\" | tokenizer must be bytes, arithmetic or the path of a tokenizer.json, was blank"
                        + " (freshet.task.jsonl.tokenizer)",
                "jsonl.held-out-share = 2 | held-out-share must be in 0..1, was 2.0 (freshet.task.jsonl.held-out-share)",
                "jsonl.max-prompt-tokens = 0 | max-prompt-tokens must be at least 1, was 0"
                        + " (freshet.task.jsonl.max-prompt-tokens)",
                "jsonl.demonstrations = all | demonstrations must be one of none, answers, was all"
                        + " (freshet.task.jsonl.demonstrations)",
                "jsonl.verifier.kind = llm | kind must be one of number, exact, process, was llm"
                        + " (freshet.task.jsonl.verifier.kind)",
                "jsonl.verifier.kind = process | command must name a program for a verifier of kind process, was []"
                        + " (freshet.task.jsonl.verifier.command)",
                "jsonl.verifier.unfinished = right | unfinished must be one of wrong, judged, was right"
                        + " (freshet.task.jsonl.verifier.unfinished)",
                "jsonl.verifier.deadline = 0 s | deadline must be longer than 0 and at most 1 h, was 0 ms"
                        + " (freshet.task.jsonl.verifier.deadline)",
                "jsonl.verifier.deadline = 2 h | deadline must be longer than 0 and at most 1 h, was 7200000 ms"
                        + " (freshet.task.jsonl.verifier.deadline)",
            })
    void refusesValuesOutOfRange(String setting, String message) {
        Config config = ConfigFactory.parseString("freshet.task." + setting).withFallback(DEFAULTS);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TaskSettings.from(config))
                .withMessage(message);
    }

    @ParameterizedTest
    @CsvSource({"arithmetic, exact", "countdown, countdown", "letters, letters", "jsonl, number"})
    void everyTaskCanBeMadeFromItsDefaults(String name, String verifier) {
        Config config = ConfigFactory.parseString("freshet.task.name = " + name).withFallback(DEFAULTS);
        Task task = Tasks.create(TaskSettings.from(config), 1);
        assertThat(task.name()).isEqualTo(name);
        assertThat(task.verifier().name()).isEqualTo(verifier);
        assertThat(task.heldOut()).isNotEmpty();
        assertThat(task.trainingPrompt(0).tokens().size()).isPositive();
    }
}
