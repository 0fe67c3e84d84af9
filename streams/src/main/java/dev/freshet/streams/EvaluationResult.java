package dev.freshet.streams;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How well a policy answers held-out prompts; all figures are means over the prompts that could be measured.
 *
 * @param prompts prompts measured
 * @param unmeasured prompts that could not be answered, and count for nothing
 * @param samples answers a prompt; the smallest number, should they differ
 * @param passAtK chance that at least one of k answers is correct, by k
 * @param meanReward mean reward of an answer that has a verdict (mean@samples); not a number if none has
 * @param distinctCorrect number of different correct answers among the samples
 */
public record EvaluationResult(
        int prompts,
        int unmeasured,
        int samples,
        Map<Integer, Double> passAtK,
        double meanReward,
        double distinctCorrect,
        EvaluationMeasures measures) {
    public EvaluationResult {
        passAtK = Map.copyOf(passAtK);
    }

    /** @throws IllegalArgumentException if there is no score, or a k is larger than the number of samples */
    static EvaluationResult of(List<PromptScore> scores, int unmeasured, List<Integer> ks) {
        if (scores.isEmpty()) {
            throw new IllegalArgumentException("an evaluation needs at least one prompt that can be measured, had "
                    + unmeasured + " that could not");
        }
        Map<Integer, Double> passAtK = ks.stream()
                .distinct()
                .collect(Collectors.toMap(
                        k -> k,
                        k -> scores.stream()
                                .mapToDouble(score -> score.passAt(k))
                                .average()
                                .orElseThrow()));
        return new EvaluationResult(
                scores.size(),
                unmeasured,
                scores.stream().mapToInt(PromptScore::samples).min().orElseThrow(),
                passAtK,
                scores.stream()
                        .mapToDouble(PromptScore::meanReward)
                        .filter(mean -> !Double.isNaN(mean))
                        .average()
                        .orElse(Double.NaN),
                scores.stream().mapToInt(PromptScore::distinctCorrect).average().orElseThrow(),
                EvaluationMeasures.of(scores));
    }
}
