package dev.freshet.model.objective;

import java.util.ArrayList;
import java.util.Collections;
import java.util.DoubleSummaryStatistics;
import java.util.List;

/**
 * The parameters of a distributional constraint: lambda such that features phi have wanted means under p(x) proportional to
 * a(x) exp(lambda . phi(x)). The means are estimated by self-normalised importance sampling, and lambda moves by
 * {@value #RATE} times what they lack, until they lack at most {@value #TOLERANCE} (Go et al. 2023, appendix; Khalifa et al. 2021,
 * "A Distributional Approach to Controlled Text Generation", algorithm 1).
 *
 * <p>Deviation. Features count in standard deviations of theirs: the step is too long for one of a large variance, such as a length, and
 * lambda would jump to and fro.
 */
final class MomentFit {
    private static final double RATE = 0.05;
    private static final int ITERATIONS = 1000;
    private static final double TOLERANCE = 1e-5;

    private MomentFit() {}

    /**
     * @param logWeight ln a - ln q of a sample of q
     * @param features phi of it
     */
    record Sample(double logWeight, List<Double> features) {
        Sample {
            features = List.copyOf(features);
        }
    }

    /** Whether every wanted mean lies between values of its feature among the samples: else no lambda gives it that mean. */
    static boolean canFit(List<Sample> samples, List<Double> targets) {
        for (int i = 0; i < targets.size(); i++) {
            int feature = i;
            DoubleSummaryStatistics values = samples.stream()
                    .mapToDouble(sample -> sample.features().get(feature))
                    .summaryStatistics();
            if (!(values.getMin() < targets.get(i) && targets.get(i) < values.getMax())) {
                return false;
            }
        }
        return true;
    }

    /** @param targets the wanted mean of each feature, which {@link #canFit} */
    static List<Double> fit(List<Sample> samples, List<Double> targets) {
        List<Double> spreads = spreads(samples, targets.size());
        List<Double> lambda = Collections.nCopies(targets.size(), 0.0);
        for (int iteration = 0; iteration < ITERATIONS; iteration++) {
            List<Double> means = means(samples, lambda);
            List<Double> next = new ArrayList<>();
            double largest = 0;
            for (int i = 0; i < targets.size(); i++) {
                double lack = (targets.get(i) - means.get(i)) / spreads.get(i);
                largest = Math.max(largest, Math.abs(lack));
                next.add(lambda.get(i) + RATE * lack / spreads.get(i));
            }
            if (largest <= TOLERANCE) {
                break;
            }
            lambda = next;
        }
        return List.copyOf(lambda);
    }

    /** Standard deviations of the features among the samples. */
    private static List<Double> spreads(List<Sample> samples, int features) {
        List<Double> spreads = new ArrayList<>();
        for (int i = 0; i < features; i++) {
            int feature = i;
            double mean = samples.stream()
                    .mapToDouble(sample -> sample.features().get(feature))
                    .average()
                    .orElseThrow();
            double square = samples.stream()
                    .mapToDouble(sample -> sample.features().get(feature) - mean)
                    .map(away -> away * away)
                    .average()
                    .orElseThrow();
            spreads.add(Math.sqrt(square));
        }
        return spreads;
    }

    /** Of the features under the tilted distribution. */
    static List<Double> means(List<Sample> samples, List<Double> lambda) {
        double[] logWeights = samples.stream()
                .mapToDouble(sample -> sample.logWeight() + dot(lambda, sample.features()))
                .toArray();
        double largest = Double.NEGATIVE_INFINITY;
        for (double logWeight : logWeights) {
            largest = Math.max(largest, logWeight);
        }
        double[] sums = new double[lambda.size()];
        double total = 0;
        for (int sample = 0; sample < logWeights.length; sample++) {
            double weight = Math.exp(logWeights[sample] - largest);
            total += weight;
            for (int i = 0; i < sums.length; i++) {
                sums[i] += weight * samples.get(sample).features().get(i);
            }
        }
        List<Double> means = new ArrayList<>();
        for (double sum : sums) {
            means.add(sum / total);
        }
        return means;
    }

    static double dot(List<Double> a, List<Double> b) {
        double sum = 0;
        for (int i = 0; i < a.size(); i++) {
            sum += a.get(i) * b.get(i);
        }
        return sum;
    }
}
