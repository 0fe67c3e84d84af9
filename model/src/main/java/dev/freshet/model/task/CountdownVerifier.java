package dev.freshet.model.task;

import dev.freshet.model.rollout.FinishReason;
import dev.freshet.model.rollout.Prompt;

/**
 * Reward 1 for any expression that uses exactly the given digits and makes the target, else 0. A ground truth without
 * {@code =} is of the second skill, addition, and asks for that very text.
 */
public record CountdownVerifier() implements AnswerVerifier {
    private static final ExactVerifier EXACT = new ExactVerifier();

    @Override
    public String name() {
        return "countdown";
    }

    @Override
    public Verdict verify(Prompt prompt, Answer answer) {
        if (prompt.groundTruth().indexOf('=') < 0) {
            return EXACT.verify(prompt, answer);
        }
        boolean right = answer.finishReason() == FinishReason.STOP
                && CountdownExpression.parse(answer.text())
                        .map(expression -> expression.key().text())
                        .filter(prompt.groundTruth()::equals)
                        .isPresent();
        return right ? Verdict.Reward.RIGHT : Verdict.Reward.WRONG;
    }
}
