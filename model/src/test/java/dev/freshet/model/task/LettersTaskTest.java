package dev.freshet.model.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.freshet.model.rollout.FinishReason;
import dev.freshet.model.rollout.Prompt;
import dev.freshet.model.rollout.Tokens;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LettersTaskTest {
    private static final LettersTask TASK = new LettersTask(new LettersSettings(5, 0.1), 1);

    @ParameterizedTest
    @CsvSource({"SORT, aabcp", "REVERSE, pcaba", "COPY, abacp", "SORT_DESCENDING, pcbaa", "SHIFT, bcbda"})
    void behavioursDoWhatTheyAreNamedFor(LetterBehaviour behaviour, String expected) {
        assertThat(behaviour.of("abacp")).isEqualTo(expected);
    }

    @Test
    void theRewardIsTheShareOfPlacesWithTheRightLetter() {
        Prompt prompt = new Prompt("badce>", Tokens.of(1), "abcde");
        assertThat(reward(prompt, "abcde", FinishReason.STOP)).isEqualTo(1);
        assertThat(reward(prompt, "abced", FinishReason.STOP)).isCloseTo(0.6, within(1e-12));
        assertThat(reward(prompt, "abcd", FinishReason.STOP)).isZero();
        assertThat(reward(prompt, "abcde", FinishReason.LENGTH)).isZero();
    }

    private static double reward(Prompt prompt, String answer, FinishReason reason) {
        return ((Verdict.Reward) TASK.verifier().verify(prompt, new Answer(answer, reason))).value();
    }

    @Test
    void noTrainingPromptIsHeldOut() {
        Set<String> heldOut = new HashSet<>();
        TASK.heldOut().subList(0, 2000).forEach(prompt -> heldOut.add(prompt.text()));
        assertThat(heldOut).hasSizeGreaterThan(1900);
        for (long sequence = 0; sequence < 2000; sequence++) {
            assertThat(heldOut).doesNotContain(TASK.trainingPrompt(sequence).text());
        }
    }

    @Test
    void promptsAndDemonstrationsAreTheSameWheneverTheyAreAskedFor() {
        LettersTask again = new LettersTask(new LettersSettings(5, 0.1), 1);
        LettersTask other = new LettersTask(new LettersSettings(5, 0.1), 2);
        assertThat(again.trainingPrompt(77)).isEqualTo(TASK.trainingPrompt(77));
        assertThat(other.trainingPrompt(77)).isNotEqualTo(TASK.trainingPrompt(77));
        Task.Demonstrations demonstrations = TASK.demonstrations().orElseThrow();
        assertThat(again.demonstrations().orElseThrow().get(5)).isEqualTo(demonstrations.get(5));
        assertThat(demonstrations.get(5).completion().size()).isEqualTo(6);
    }

    /** Of what it was shown a fifth is sorted, and a tenth of the letters is any letter. */
    @Test
    void demonstrationsShowEachBehaviourEquallyOften() {
        Task.Demonstrations demonstrations = TASK.demonstrations().orElseThrow();
        double reward = 0;
        int shown = 4000;
        for (int index = 0; index < shown; index++) {
            Demonstration demonstration = demonstrations.get(index);
            String answer = TASK.tokenizer().decode(demonstration.completion());
            reward += reward(demonstration.prompt(), answer.substring(0, 5), FinishReason.STOP) / shown;
        }
        // A fifth of 0.9 and something, and what other behaviours have right by chance.
        assertThat(reward).isBetween(0.22, 0.36);
    }
}
