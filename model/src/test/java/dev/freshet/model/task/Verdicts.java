package dev.freshet.model.task;

import dev.freshet.model.rollout.FinishReason;
import dev.freshet.model.rollout.Prompt;
import dev.freshet.model.rollout.Tokens;

/** Prompts and answers for tests of verifiers. */
final class Verdicts {
    private Verdicts() {}

    static Prompt prompt(String groundTruth) {
        return new Prompt("any", Tokens.of(1), groundTruth);
    }

    static Verdict ofStopped(AnswerVerifier verifier, String groundTruth, String text) {
        return verifier.verify(prompt(groundTruth), new Answer(text, FinishReason.STOP));
    }

    static Verdict ofCutOff(AnswerVerifier verifier, String groundTruth, String text) {
        return verifier.verify(prompt(groundTruth), new Answer(text, FinishReason.LENGTH));
    }

    static Verdict reward(double value) {
        return new Verdict.Reward(value);
    }
}
