package dev.freshet.model.answers;

import dev.freshet.model.rollout.LogProbs;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/**
 * How one answer comes off with a policy: Maini et al. 2024, "TOFU: A Task of Fictitious Unlearning for LLMs" (arXiv 2401.06121),
 * section 2.2.
 *
 * <pre>
 *   probability   pi(answer)^(1 / length)
 *   truth ratio   mean over wrong answers of pi(wrong)^(1 / length) / pi(restated)^(1 / length)
 * </pre>
 *
 * @param tokenProbability mean over the answer's tokens of their probability, which FLAT's loss is of
 * @param rouge recall of ROUGE-L, of the answer in what the policy says when it always takes the likeliest token
 * @param truthRatio above 1 where the wrong is likelier than the right; empty where no wrong answers are known
 * @param isExact whether what the policy says is the answer to the letter
 * @param isTemplate whether it is one of the templates
 */
public record AnswerQuality(
        double probability,
        double tokenProbability,
        double rouge,
        OptionalDouble truthRatio,
        boolean isExact,
        boolean isTemplate) {
    /** Names of {@link #means}, in their order. */
    public static final List<String> MEASURES =
            List.of("probability", "token_probability", "rouge_l", "truth_ratio", "truth_score", "exact", "template");

    /**
     * @param answer log-probs of the answer's tokens, as all others
     * @param wrong of each wrong answer
     * @param said what the policy says of itself
     * @param templates that are given in place of answers
     */
    public static AnswerQuality of(
            KnownAnswer known,
            LogProbs answer,
            LogProbs restated,
            List<LogProbs> wrong,
            String said,
            Set<String> templates) {
        double sum = 0;
        for (int token = 0; token < answer.size(); token++) {
            sum += Math.exp(answer.get(token));
        }
        OptionalDouble ofWrong =
                wrong.stream().mapToDouble(AnswerQuality::normalised).average();
        OptionalDouble ratio = ofWrong.isPresent()
                ? OptionalDouble.of(ofWrong.getAsDouble() / normalised(restated))
                : OptionalDouble.empty();
        return new AnswerQuality(
                normalised(answer),
                sum / answer.size(),
                RougeL.of(known.answer(), said).recall(),
                ratio,
                said.equals(known.answer()),
                templates.contains(said));
    }

    private static double normalised(LogProbs answer) {
        return Math.exp(answer.sum() / answer.size());
    }

    /** max(0, 1 - truth ratio): 1 where the right answer stands out, 0 where it does not. NaN without wrong answers. */
    public double truthScore() {
        return truthRatio.isPresent() ? Math.max(0, 1 - truthRatio.getAsDouble()) : Double.NaN;
    }

    /** Means over answers, at least one, by {@link #MEASURES}; those of the truth ratio over answers that have one, NaN if none has. */
    public static Map<String, Double> means(List<AnswerQuality> qualities) {
        Map<String, Double> means = new LinkedHashMap<>();
        means.put("probability", mean(qualities, AnswerQuality::probability));
        means.put("token_probability", mean(qualities, AnswerQuality::tokenProbability));
        means.put("rouge_l", mean(qualities, AnswerQuality::rouge));
        List<AnswerQuality> compared = qualities.stream()
                .filter(quality -> quality.truthRatio().isPresent())
                .toList();
        means.put("truth_ratio", mean(compared, quality -> quality.truthRatio().orElseThrow()));
        means.put("truth_score", mean(compared, AnswerQuality::truthScore));
        means.put("exact", mean(qualities, quality -> quality.isExact() ? 1 : 0));
        means.put("template", mean(qualities, quality -> quality.isTemplate() ? 1 : 0));
        return means;
    }

    private static double mean(List<AnswerQuality> qualities, ToDoubleFunction<AnswerQuality> of) {
        return qualities.stream().mapToDouble(of).average().orElse(Double.NaN);
    }

    /**
     * TOFU's model utility: the harmonic mean of probability, ROUGE-L and truth score of several suites; 0 if one of them is 0.
     *
     * @param suites {@link #means} of each
     */
    public static double utility(List<Map<String, Double>> suites) {
        double inverses = 0;
        int count = 0;
        for (Map<String, Double> suite : suites) {
            for (String measure : List.of("probability", "rouge_l", "truth_score")) {
                inverses += 1 / suite.getOrDefault(measure, Double.NaN);
                count++;
            }
        }
        return count / inverses;
    }
}
