package dev.freshet.streams;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * What an evaluation says of the answers beside how many of them are correct. A number that was not measured is NaN, or not in its
 * map.
 *
 * @param unverified answers without a verdict, by why: unscorable, threw or overdue; they count as not correct, and not in the
 *     mean reward
 * @param entropy of the policy in nats, estimated on the answers: the mean over their tokens of -ln policy
 * @param distinctNgrams different n-grams over all n-grams of a prompt's answers, by n from 1 to 4; mean over prompts
 * @param selfBleu BLEU of an answer against the others to its prompt, 1 for copies of one answer; mean over prompts
 * @param divergences of the policy from the reference, by spec, estimated on the answers; means over their tokens
 * @param changeSinceStart of pass@1 since version 0, from -1 to 1; below 0 on a second skill is forgetting
 */
public record EvaluationMeasures(
        Map<String, Integer> unverified,
        double entropy,
        Map<Integer, Double> distinctNgrams,
        double selfBleu,
        Map<String, Double> divergences,
        double changeSinceStart) {
    /** Of answers that all have a verdict, and of which nothing more is known. */
    public static final EvaluationMeasures NONE =
            new EvaluationMeasures(Map.of(), Double.NaN, Map.of(), Double.NaN, Map.of(), Double.NaN);

    public EvaluationMeasures {
        unverified = Map.copyOf(unverified);
        distinctNgrams = Map.copyOf(distinctNgrams);
        divergences = Map.copyOf(divergences);
    }

    public EvaluationMeasures withChangeSinceStart(double change) {
        return new EvaluationMeasures(unverified, entropy, distinctNgrams, selfBleu, divergences, change);
    }

    static EvaluationMeasures of(List<PromptScore> scores) {
        Map<String, Integer> unverified = new TreeMap<>();
        Map<Integer, Double> distinctNgrams = new TreeMap<>();
        Map<String, Double> divergences = new TreeMap<>();
        for (PromptScore score : scores) {
            score.unverified().forEach((result, answers) -> unverified.merge(result.label(), answers, Integer::sum));
        }
        for (int n = 1; n <= AnswerTexture.LONGEST_NGRAM; n++) {
            int length = n;
            double distinct = mean(scores, score -> score.texture().distinct(length), score -> 1);
            if (!Double.isNaN(distinct)) {
                distinctNgrams.put(n, distinct);
            }
        }
        for (String spec : scores.get(0).texture().divergences().keySet()) {
            divergences.put(
                    spec,
                    mean(
                            scores,
                            score -> score.texture().divergences().getOrDefault(spec, Double.NaN),
                            score -> score.texture().tokens()));
        }
        return new EvaluationMeasures(
                unverified,
                mean(
                        scores,
                        score -> score.texture().surprisal(),
                        score -> score.texture().tokens()),
                distinctNgrams,
                mean(scores, score -> score.texture().selfBleu(), score -> 1),
                divergences,
                Double.NaN);
    }

    /** Over the prompts of which it is a number; NaN if it is of none. */
    private static double mean(
            List<PromptScore> scores, ToDoubleFunction<PromptScore> value, ToDoubleFunction<PromptScore> weight) {
        double sum = 0;
        double weights = 0;
        for (PromptScore score : scores) {
            double each = value.applyAsDouble(score);
            if (!Double.isNaN(each)) {
                sum += weight.applyAsDouble(score) * each;
                weights += weight.applyAsDouble(score);
            }
        }
        return sum / weights;
    }
}
