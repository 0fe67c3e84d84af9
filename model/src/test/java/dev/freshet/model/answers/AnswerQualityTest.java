package dev.freshet.model.answers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.freshet.model.rollout.LogProbs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnswerQualityTest {
    private static final KnownAnswer KNOWN = new KnownAnswer("who", "a b", "b of a", List.of("c d", "e"));

    @TempDir
    Path directory;

    @Test
    void measuresAreThoseOfTheirDefinitions() {
        AnswerQuality quality = AnswerQuality.of(
                KNOWN,
                logs(0.9, 0.4),
                logs(0.5, 0.5, 0.2),
                List.of(logs(0.1, 0.4), logs(0.3)),
                "a c",
                Set.of("don't know"));
        assertThat(quality.probability()).isCloseTo(Math.sqrt(0.36), within(1e-7));
        assertThat(quality.tokenProbability()).isCloseTo(0.65, within(1e-7));
        assertThat(quality.rouge()).isEqualTo(0.5);
        double ratio = (Math.sqrt(0.04) + 0.3) / 2 / Math.cbrt(0.05);
        assertThat(quality.truthRatio()).hasValueCloseTo(ratio, within(1e-6));
        assertThat(quality.truthScore()).isCloseTo(1 - ratio, within(1e-6));
        assertThat(quality.isExact()).isFalse();
        assertThat(quality.isTemplate()).isFalse();
    }

    @Test
    void whatIsSaidIsComparedToTheLetter() {
        assertThat(said("a b").isExact()).isTrue();
        assertThat(said("a b ").isExact()).isFalse();
        assertThat(said("don't know").isTemplate()).isTrue();
    }

    private static AnswerQuality said(String text) {
        return AnswerQuality.of(KNOWN, logs(0.5), logs(0.5), List.of(), text, Set.of("don't know"));
    }

    @Test
    void aTruthThatDoesNotStandOutScoresNothing() {
        AnswerQuality confused = AnswerQuality.of(KNOWN, logs(0.1), logs(0.1), List.of(logs(0.9)), "a b", Set.of());
        assertThat(confused.truthScore()).isZero();
        assertThat(said("x").truthScore()).isNaN();
    }

    @Test
    void meansAreOverAnswersAndUtilityIsTheHarmonicMeanOfAll() {
        AnswerQuality good = AnswerQuality.of(KNOWN, logs(0.8), logs(0.8), List.of(logs(0.2)), "a b", Set.of());
        AnswerQuality bad = AnswerQuality.of(KNOWN, logs(0.4), logs(0.4), List.of(logs(0.2)), "a", Set.of("a"));
        Map<String, Double> means = AnswerQuality.means(List.of(good, bad));
        assertThat(means.keySet()).containsExactlyElementsOf(AnswerQuality.MEASURES);
        assertThat(means.get("probability")).isCloseTo(0.6, within(1e-6));
        assertThat(means.get("rouge_l")).isEqualTo(0.75);
        assertThat(means.get("truth_ratio")).isCloseTo((0.25 + 0.5) / 2, within(1e-6));
        assertThat(means.get("truth_score")).isCloseTo((0.75 + 0.5) / 2, within(1e-6));
        assertThat(means.get("exact")).isEqualTo(0.5);
        assertThat(means.get("template")).isEqualTo(0.5);
        double harmonic = 3 / (1 / 0.6 + 1 / 0.75 + 1 / 0.625);
        assertThat(AnswerQuality.utility(List.of(means, means))).isCloseTo(harmonic, within(1e-6));
        Map<String, Double> withoutWrongOnes = AnswerQuality.means(List.of(good, said("x")));
        assertThat(withoutWrongOnes.get("truth_ratio"))
                .as("that of those that have one")
                .isCloseTo(0.25, within(1e-6));
        assertThat(AnswerQuality.means(List.of(said("x"))).get("truth_ratio")).isNaN();
        assertThat(AnswerQuality.utility(
                        List.of(means, Map.of("probability", 0.0, "rouge_l", 1.0, "truth_score", 1.0))))
                .isZero();
    }

    @Test
    void aFileIsReadLineByLineAndABadLineNamed() throws IOException {
        Path file = directory.resolve("answers.jsonl");
        Files.writeString(file, """
                {"prompt": "who", "answer": "a b", "restated": "b of a", "wrong": ["c d", "e"]}

                {"prompt": "what", "answer": "c"}
                """);
        assertThat(KnownAnswer.read(file)).containsExactly(KNOWN, new KnownAnswer("what", "c", "c", List.of()));
        Files.writeString(file, "{\"prompt\": \"who\"}\n");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KnownAnswer.read(file))
                .withMessage(file + ":1: field \"answer\" is missing; there are [prompt]");
        Files.writeString(file, "{\"prompt\": \"who\", \"answer\": \"a\", \"wrong\": [3]}\n");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KnownAnswer.read(file))
                .withMessage(file + ":1: field \"wrong\" must be a list of strings, had a number");
        Files.writeString(file, "{\"prompt\": \"who\", \"answer\": \"a\", \"wrong\": \"b\"}\n");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KnownAnswer.read(file))
                .withMessageStartingWith(file + ":1: field \"wrong\" must be a list of strings, was ");
        Files.writeString(file, "\n");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KnownAnswer.read(file))
                .withMessage(file + " must have at least one line, had none");
    }

    private static LogProbs logs(double... probabilities) {
        float[] logs = new float[probabilities.length];
        for (int i = 0; i < logs.length; i++) {
            logs[i] = (float) Math.log(probabilities[i]);
        }
        return LogProbs.of(logs);
    }
}
