package dev.freshet.model.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.freshet.model.objective.MomentFit.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MomentFitTest {
    /** Means are to lack at most 1e-5, and a lambda's slope on its mean is a variance, here at least 0.1. */
    private static final double TOLERANCE = 1e-4;

    @Test
    void ofOneBinaryFeatureLambdaIsADifferenceOfLogOdds() {
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < 512; i++) {
            samples.add(new Sample(0, List.of(i % 4 == 0 ? 1.0 : 0.0)));
        }
        double expected = Math.log(0.6 / 0.4) - Math.log(0.25 / 0.75);
        assertThat(MomentFit.fit(samples, List.of(0.6)).get(0)).isCloseTo(expected, within(TOLERANCE));
    }

    /** A step as long as the variance of the samples suggests would overshoot, and never come back. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 1022})
    void aRareFeatureIsMet(int with) {
        List<Sample> samples = IntStream.range(0, 1024)
                .mapToObj(i -> new Sample(0, List.of(i < with ? 1.0 : 0.0)))
                .toList();
        double expected = -Math.log(with / (1024.0 - with));
        assertThat(MomentFit.fit(samples, List.of(0.5)).get(0)).isCloseTo(expected, within(TOLERANCE));
    }

    @Test
    void samplesOfAnotherPolicyCountByTheirWeights() {
        // Half of the samples have the feature, but the reference has it in one of four.
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < 512; i++) {
            boolean has = i % 2 == 0;
            samples.add(new Sample(Math.log(has ? 0.5 : 1.5), List.of(has ? 1.0 : 0.0)));
        }
        double expected = Math.log(0.6 / 0.4) - Math.log(0.25 / 0.75);
        assertThat(MomentFit.fit(samples, List.of(0.6)).get(0)).isCloseTo(expected, within(TOLERANCE));
    }

    @Test
    void severalMeansAreMetAtOnce() {
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            samples.add(new Sample(0.001 * i, List.of(i % 3 == 0 ? 1.0 : 0.0, i % 5 * 0.5)));
        }
        List<Double> wanted = List.of(0.5, 0.8);
        List<Double> means = MomentFit.means(samples, MomentFit.fit(samples, wanted));
        assertThat(means.get(0)).isCloseTo(0.5, within(TOLERANCE));
        assertThat(means.get(1)).isCloseTo(0.8, within(TOLERANCE));
    }

    /** One feature all but decides the other. */
    @Test
    void meansOfFeaturesThatGoTogetherAreMet() {
        List<Sample> samples = IntStream.range(0, 1000)
                .mapToObj(i -> new Sample(0, List.of(i % 50 == 0 ? 1.0 : 0.0, i % 50 == 0 && i % 500 != 0 ? 8.0 : 3.0)))
                .toList();
        List<Double> wanted = List.of(0.4, 4.0);
        List<Double> means = MomentFit.means(samples, MomentFit.fit(samples, wanted));
        assertThat(means.get(0)).isCloseTo(0.4, within(TOLERANCE));
        assertThat(means.get(1)).isCloseTo(4.0, within(10 * TOLERANCE));
    }

    /** Of a variance of 341, at which a step of 0.05 a token would overshoot. */
    @Test
    void aFeatureOfManyValuesIsMet() {
        List<Sample> samples = IntStream.rangeClosed(1, 64)
                .mapToObj(length -> new Sample(0, List.of((double) length)))
                .toList();
        double mean =
                MomentFit.means(samples, MomentFit.fit(samples, List.of(40.0))).get(0);
        assertThat(mean).isCloseTo(40, within(0.001));
    }

    @Test
    void onlyAMeanBetweenTheFeaturesValuesCanBeMet() {
        List<Sample> samples = List.of(new Sample(0, List.of(1.0)), new Sample(0, List.of(3.0)));
        assertThat(MomentFit.canFit(samples, List.of(2.0))).isTrue();
        assertThat(MomentFit.canFit(samples, List.of(3.0))).isFalse();
        assertThat(MomentFit.canFit(samples, List.of(0.5))).isFalse();
        assertThat(MomentFit.canFit(samples.subList(0, 1), List.of(1.0))).isFalse();
    }

    @Test
    void largeWeightsDoNotOverflow() {
        List<Sample> samples = List.of(new Sample(2000, List.of(1.0)), new Sample(2000, List.of(0.0)));
        assertThat(MomentFit.fit(samples, List.of(0.5))).containsExactly(0.0);
    }
}
