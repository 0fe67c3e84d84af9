package dev.freshet.ops.experiment;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How far a policy pi is from the target p(x) = a(x) exp(r(x) / beta) / Z, from samples of pi and of the base a. Those of a stand for samples
 * of p with the self-normalised weights w = exp(r / beta), whose mean is the estimate of Z:
 *
 * <pre>
 *   alignment  E_pi[r]            forward_kl  KL(p || pi) = sum w (ln p - ln pi)
 *   entropy    -E_pi[ln pi]       reverse_kl  KL(pi || p) = E_pi[ln pi - ln p]
 *   tv         E_pi[max(0, 1 - p / pi)]
 *   js         half of sum w (ln p - ln m) + E_pi[ln pi - ln m],  m = (p + pi) / 2
 * </pre>
 *
 * @param beta of the target
 * @param baseLogProbs ln a of each sample of a
 * @param baseRewards r of each
 */
record TargetDistance(double beta, List<Double> baseLogProbs, List<Double> baseRewards) {
    /** In the order of the table's columns. */
    static final List<String> METRICS =
            List.of("alignment", "entropy", "forward_kl", "reverse_kl", "js", "tv", "distinct_in_1000");

    private static final double LN_2 = Math.log(2);
    private static final int DISTINCT_AMONG = 1000;

    /**
     * @param ofBase ln pi of each sample of a
     * @param sample of pi
     * @param reference ln a of each sample of pi
     */
    Map<String, Double> of(List<Double> ofBase, PolicySample sample, List<Double> reference) {
        double logPartition = logPartition();
        double forward = 0;
        double mixedFromTarget = 0;
        for (int i = 0; i < ofBase.size(); i++) {
            double weight = Math.exp(baseRewards.get(i) / beta - logPartition) / ofBase.size();
            double logTarget = baseLogProbs.get(i) + baseRewards.get(i) / beta - logPartition;
            forward += weight * (logTarget - ofBase.get(i));
            mixedFromTarget += weight * (logTarget - logMean(logTarget, ofBase.get(i)));
        }
        List<Double> own = sample.logProbs();
        List<Double> rewards = sample.rewards();
        double reverse = 0;
        double entropy = 0;
        double variation = 0;
        double mixedFromPolicy = 0;
        double alignment = 0;
        for (int i = 0; i < own.size(); i++) {
            double logTarget = reference.get(i) + rewards.get(i) / beta - logPartition;
            alignment += rewards.get(i);
            entropy -= own.get(i);
            reverse += own.get(i) - logTarget;
            variation += Math.max(0, -Math.expm1(logTarget - own.get(i)));
            mixedFromPolicy += own.get(i) - logMean(logTarget, own.get(i));
        }
        int samples = own.size();
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("alignment", alignment / samples);
        metrics.put("entropy", entropy / samples);
        metrics.put("forward_kl", forward);
        metrics.put("reverse_kl", reverse / samples);
        metrics.put("js", (mixedFromTarget + mixedFromPolicy / samples) / 2);
        metrics.put("tv", variation / samples);
        metrics.put("distinct_in_1000", (double) sample.distinct(DISTINCT_AMONG));
        return metrics;
    }

    private double logPartition() {
        double largest =
                baseRewards.stream().mapToDouble(Double::doubleValue).max().orElseThrow() / beta;
        double mean = baseRewards.stream()
                .mapToDouble(reward -> Math.exp(reward / beta - largest))
                .average()
                .orElseThrow();
        return largest + Math.log(mean);
    }

    /** ln of the mean of two numbers, from their logarithms. */
    private static double logMean(double a, double b) {
        double larger = Math.max(a, b);
        return larger + Math.log1p(Math.exp(Math.min(a, b) - larger)) - LN_2;
    }
}
