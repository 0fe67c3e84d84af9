package dev.freshet.streams;

import dev.freshet.model.rollout.Tokens;
import dev.freshet.streams.AnswerVerified.Result;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How well one prompt was answered.
 *
 * @param correct answers; one without a verdict is not
 * @param meanReward of the answers that have a verdict; not a number if none has
 * @param distinctCorrect different token sequences among the correct answers
 * @param unverified answers without a verdict, by why
 * @param texture what the answers are like, correct or not
 */
record PromptScore(
        int samples,
        int correct,
        double meanReward,
        int distinctCorrect,
        Map<Result, Integer> unverified,
        AnswerTexture texture) {
    /** An answer is correct from this reward on, as in a step's accuracy. */
    private static final double CORRECT = 1;

    PromptScore {
        unverified = Map.copyOf(unverified);
    }

    static PromptScore of(JudgedGroup judged) {
        List<AnswerVerified> answers = judged.answers();
        int correct = 0;
        Set<Tokens> different = new HashSet<>();
        Map<Result, Integer> unverified = new EnumMap<>(Result.class);
        for (int i = 0; i < answers.size(); i++) {
            AnswerVerified answer = answers.get(i);
            if (answer.result() != Result.SCORED) {
                unverified.merge(answer.result(), 1, Integer::sum);
            } else if (answer.reward() >= CORRECT) {
                correct++;
                different.add(judged.group().rollouts().get(i).completion());
            }
        }
        return new PromptScore(
                answers.size(), correct, meanReward(answers), different.size(), unverified, AnswerTexture.of(judged));
    }

    double passAt(int k) {
        return PassAtK.estimate(samples, correct, k);
    }

    private static double meanReward(List<AnswerVerified> answers) {
        return answers.stream()
                .filter(answer -> answer.result() == Result.SCORED)
                .mapToDouble(AnswerVerified::reward)
                .average()
                .orElse(Double.NaN);
    }
}
