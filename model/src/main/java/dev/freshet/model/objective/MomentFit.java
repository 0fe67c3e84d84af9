package dev.freshet.model.objective;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.DoubleSummaryStatistics;
import java.util.List;

/**
 * The parameters of a distributional constraint: lambda such that features phi have wanted means under p(x) proportional to
 * a(x) exp(lambda . phi(x)), with the means estimated by self-normalised importance sampling (Go et al. 2023, appendix; Khalifa et
 * al. 2021, "A Distributional Approach to Controlled Text Generation", algorithm 1).
 *
 * <p>Deviation. The papers move lambda by 0.05 times what the means lack, which takes thousands of steps for a feature that is rare and
 * jumps to and fro for one of a large variance, such as a length. What they look for is the minimum of the convex ln sum a exp(lambda .
 * phi) - lambda . target; here each step divides what is lacking by the variance under the present lambda, and is halved until it
 * leads down.
 */
final class MomentFit {
    private static final int ITERATIONS = 1000;

    /** Of what a mean lacks, in standard deviations of its feature among the samples. */
    private static final double TOLERANCE = 1e-5;

    /** A step that leads down leads down by at least so much of what its slope promises. */
    private static final double DESCENT = 1e-4;

    private static final int HALVINGS = 60;

    /** Of the variance among the samples: under a lambda at which all weight is on one of them there is none to divide by. */
    private static final double LEAST_VARIANCE = 1e-9;

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
        Tilted tilted = Tilted.by(lambda, samples);
        for (int iteration = 0; iteration < ITERATIONS; iteration++) {
            List<Double> step = new ArrayList<>();
            double largest = 0;
            double promised = 0;
            for (int i = 0; i < targets.size(); i++) {
                double lack = targets.get(i) - tilted.means().get(i);
                double least = LEAST_VARIANCE * spreads.get(i) * spreads.get(i);
                step.add(lack / Math.max(tilted.variances().get(i), least));
                largest = Math.max(largest, Math.abs(lack) / spreads.get(i));
                promised += lack * step.get(i);
            }
            if (largest <= TOLERANCE) {
                break;
            }
            double height = tilted.logSum() - dot(lambda, targets);
            double scale = 1;
            List<Double> next = along(lambda, step, scale);
            Tilted there = Tilted.by(next, samples);
            for (int halving = 0;
                    halving < HALVINGS && !(there.logSum() - dot(next, targets) <= height - DESCENT * scale * promised);
                    halving++) {
                scale /= 2;
                next = along(lambda, step, scale);
                there = Tilted.by(next, samples);
            }
            lambda = next;
            tilted = there;
        }
        return List.copyOf(lambda);
    }

    private static List<Double> along(List<Double> from, List<Double> step, double scale) {
        List<Double> to = new ArrayList<>();
        for (int i = 0; i < from.size(); i++) {
            to.add(from.get(i) + scale * step.get(i));
        }
        return to;
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
        return Tilted.by(lambda, samples).means();
    }

    /**
     * The samples as exp(lambda . phi) tilts them.
     *
     * @param logSum ln of the sum of their weights
     * @param means of each feature
     * @param variances of each feature
     */
    private record Tilted(double logSum, List<Double> means, List<Double> variances) {
        static Tilted by(List<Double> lambda, List<Sample> samples) {
            double[] logWeights = samples.stream()
                    .mapToDouble(sample -> sample.logWeight() + dot(lambda, sample.features()))
                    .toArray();
            double largest = Arrays.stream(logWeights).max().orElse(0);
            double[] means = new double[lambda.size()];
            double[] variances = new double[lambda.size()];
            double total = 0;
            for (int sample = 0; sample < logWeights.length; sample++) {
                double weight = Math.exp(logWeights[sample] - largest);
                total += weight;
                for (int i = 0; weight > 0 && i < means.length; i++) {
                    double away = samples.get(sample).features().get(i) - means[i];
                    means[i] += weight / total * away;
                    variances[i] +=
                            weight * away * (samples.get(sample).features().get(i) - means[i]);
                }
            }
            double sum = total;
            return new Tilted(
                    largest + Math.log(total),
                    Arrays.stream(means).boxed().toList(),
                    Arrays.stream(variances)
                            .map(squares -> squares / sum)
                            .boxed()
                            .toList());
        }
    }

    static double dot(List<Double> a, List<Double> b) {
        double sum = 0;
        for (int i = 0; i < a.size(); i++) {
            sum += a.get(i) * b.get(i);
        }
        return sum;
    }
}
