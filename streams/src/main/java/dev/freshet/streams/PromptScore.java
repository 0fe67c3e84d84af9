package dev.freshet.streams;

import dev.freshet.model.rollout.Tokens;
import dev.freshet.model.rollout.VerifiedGroup;
import java.util.HashSet;
import java.util.Set;

/**
 * How well one prompt was answered.
 *
 * @param distinctCorrect different token sequences among the correct answers
 */
record PromptScore(int samples, int correct, double meanReward, int distinctCorrect) {
    /** An answer is correct from this reward on, as in a step's accuracy. */
    private static final double CORRECT = 1;

    static PromptScore of(VerifiedGroup verified) {
        int samples = verified.rewards().size();
        int correct = 0;
        Set<Tokens> answers = new HashSet<>();
        for (int i = 0; i < samples; i++) {
            if (verified.rewards().get(i) >= CORRECT) {
                correct++;
                answers.add(verified.group().rollouts().get(i).completion());
            }
        }
        return new PromptScore(samples, correct, verified.meanReward(), answers.size());
    }

    double passAt(int k) {
        return PassAtK.estimate(samples, correct, k);
    }
}
