package dev.freshet.model.task;

import dev.freshet.model.rollout.FinishReason;
import dev.freshet.model.rollout.Prompt;

/** Reward 1 for an answer that is the ground truth to the letter and that the policy ended itself, else 0. */
public record ExactVerifier() implements AnswerVerifier {
    @Override
    public String name() {
        return "exact";
    }

    @Override
    public Verdict verify(Prompt prompt, Answer answer) {
        boolean right =
                answer.finishReason() == FinishReason.STOP && answer.text().equals(prompt.groundTruth());
        return right ? Verdict.Reward.RIGHT : Verdict.Reward.WRONG;
    }
}
