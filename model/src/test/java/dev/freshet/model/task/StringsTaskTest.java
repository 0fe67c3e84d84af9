package dev.freshet.model.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.freshet.model.rollout.FinishReason;
import dev.freshet.model.task.Verdict.Reward;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StringsTaskTest {
    private static final int DEMONSTRATIONS = 20_000;
    private static final int LETTERS = MarkovChain.LETTERS;

    /** How often the language fulfils each constraint, from its transition matrix, and in what it teaches. */
    @ParameterizedTest
    @CsvSource({"ENDS_AS_IT_BEGINS, 0.0409", "RARE_LETTER_ONCE, 0.0897"})
    void fewStringsOfTheLanguageFulfilAConstraint(StringConstraint constraint, double probability) {
        StringsTask task = task(constraint);
        double share = IntStream.range(0, DEMONSTRATIONS)
                        .mapToObj(index -> text(task, index))
                        .filter(constraint::holds)
                        .count()
                / (double) DEMONSTRATIONS;

        double exact = constraint == StringConstraint.ENDS_AS_IT_BEGINS ? endsAsItBegins(25) : rareLetterOnce(25);
        assertThat(exact).isCloseTo(probability, within(5e-5));
        assertThat(share).isCloseTo(exact, within(4 * Math.sqrt(exact * (1 - exact) / DEMONSTRATIONS)));
    }

    @Test
    void aStringOfAnotherLengthEarnsNothing() {
        StringsTask task = task(StringConstraint.ENDS_AS_IT_BEGINS);
        assertThat(verdict(task, "0123456701", FinishReason.LENGTH)).isEqualTo(Reward.RIGHT);
        assertThat(verdict(task, "0123456710", FinishReason.LENGTH)).isEqualTo(Reward.WRONG);
        assertThat(verdict(task, "01234501", FinishReason.STOP))
                .as("ended itself")
                .isEqualTo(Reward.WRONG);
    }

    @Test
    void theRareLetterIsTheSeven() {
        assertThat(StringConstraint.RARE_LETTER_ONCE.holds("0123456701")).isTrue();
        assertThat(StringConstraint.RARE_LETTER_ONCE.holds("0123456771")).isFalse();
        assertThat(StringConstraint.RARE_LETTER_ONCE.holds("0123456001")).isFalse();
    }

    @Test
    void hasOnePromptAndTheSameDemonstrationsForASeed() {
        StringsTask task = task(StringConstraint.RARE_LETTER_ONCE);
        assertThat(task.trainingPrompt(0))
                .isEqualTo(task.trainingPrompt(77))
                .isEqualTo(task.heldOut().get(3));
        assertThat(text(task, 5)).isEqualTo(text(task(StringConstraint.ENDS_AS_IT_BEGINS), 5));
        assertThat(text(task, 5)).isNotEqualTo(text(task, 6));
    }

    @Test
    void refusesStringsTooShortForTheConstraint() {
        assertThatThrownBy(() -> new StringsSettings(StringConstraint.ENDS_AS_IT_BEGINS, 3, 0))
                .hasMessage("length must be at least 4 letters, was 3 (freshet.task.strings.length)");
    }

    private static StringsTask task(StringConstraint constraint) {
        return new StringsTask(new StringsSettings(constraint, 10, 25), 1);
    }

    private static String text(StringsTask task, long index) {
        return task.tokenizer()
                .decode(task.demonstrations().orElseThrow().get(index).completion());
    }

    private static Verdict verdict(StringsTask task, String text, FinishReason reason) {
        return task.verifier().verify(task.trainingPrompt(0), new Answer(text, reason));
    }

    private static double endsAsItBegins(long seed) {
        MarkovChain chain = new MarkovChain(seed);
        double total = 0;
        for (int first = 0; first < LETTERS; first++) {
            for (int second = 0; second < LETTERS; second++) {
                double[] reached = new double[LETTERS];
                reached[second] = chain.probability(LETTERS, first) * chain.probability(first, second);
                for (int place = 2; place < 8; place++) {
                    reached = step(chain, reached);
                }
                for (int previous = 0; previous < LETTERS; previous++) {
                    total += reached[previous] * chain.probability(previous, first) * chain.probability(first, second);
                }
            }
        }
        return total;
    }

    private static double rareLetterOnce(long seed) {
        MarkovChain chain = new MarkovChain(seed);
        int rare = LETTERS - 1;
        double[] never = IntStream.range(0, LETTERS)
                .mapToDouble(letter -> letter == rare ? 0 : chain.probability(LETTERS, letter))
                .toArray();
        double[] once = new double[LETTERS];
        once[rare] = chain.probability(LETTERS, rare);
        for (int place = 1; place < 10; place++) {
            double[] after = step(chain, once);
            double[] without = step(chain, never);
            after[rare] = without[rare];
            without[rare] = 0;
            once = after;
            never = without;
        }
        return DoubleStream.of(once).sum();
    }

    private static double[] step(MarkovChain chain, double[] reached) {
        double[] next = new double[LETTERS];
        for (int previous = 0; previous < LETTERS; previous++) {
            for (int letter = 0; letter < LETTERS; letter++) {
                next[letter] += reached[previous] * chain.probability(previous, letter);
            }
        }
        return next;
    }
}
