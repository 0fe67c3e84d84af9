package dev.freshet.model.task;

import dev.freshet.model.rollout.FinishReason;
import dev.freshet.model.rollout.Prompt;
import java.util.Optional;

/**
 * Reward 1 for an answer whose number is the ground truth's, compared exactly as numbers, else 0. The number is what follows
 * the last {@code ####}, else what stands in the last {@code \boxed{...}}, else the last number of the text.
 *
 * @param unfinished whether an answer that was cut off at its maximum length may still be right
 */
public record NumberVerifier(Unfinished unfinished) implements AnswerVerifier {
    /** What becomes of an answer that was cut off at its maximum length. */
    public enum Unfinished {
        /** It is wrong: its last number may be part of a longer one, or a step on the way. */
        WRONG,
        /** It is judged like any other, for models that do not know when to stop. */
        JUDGED
    }

    @Override
    public String name() {
        return "number";
    }

    @Override
    public Verdict verify(Prompt prompt, Answer answer) {
        Optional<Fraction> expected = AnswerNumber.parse(prompt.groundTruth());
        if (expected.isEmpty()) {
            return new Verdict.Unscorable("the ground truth \"" + prompt.groundTruth() + "\" is not a number");
        }
        if (answer.finishReason() == FinishReason.LENGTH && unfinished == Unfinished.WRONG) {
            return Verdict.Reward.WRONG;
        }
        boolean right = AnswerNumber.find(answer.text())
                .filter(expected.get()::sameNumberAs)
                .isPresent();
        return right ? Verdict.Reward.RIGHT : Verdict.Reward.WRONG;
    }
}
