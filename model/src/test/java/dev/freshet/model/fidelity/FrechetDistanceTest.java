package dev.freshet.model.fidelity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class FrechetDistanceTest {
    @Test
    void ofASetFromItselfIsNothing() {
        SampleSet set = gaussian(1, 50, 6);
        // Cancellation of traces of order 10.
        assertThat(FrechetDistance.squared(set, set)).isCloseTo(0, within(1e-10));
    }

    /** In one dimension d^2 = (m1 - m2)^2 + (s1 - s2)^2. */
    @Test
    void inOneDimensionItIsThatOfMeansAndDeviations() {
        SampleSet one = new SampleSet(1, new float[] {0, 2});
        SampleSet other = new SampleSet(1, new float[] {5, 11});
        double deviations = Math.sqrt(18) - Math.sqrt(2);
        assertThat(FrechetDistance.squared(one, other)).isCloseTo(49 + deviations * deviations, within(1e-9));
    }

    @Test
    void aShiftCountsByItsSquareAndNothingElseDoes() {
        SampleSet set = gaussian(2, 100, 4);
        float[] values = set.toArray();
        for (int i = 0; i < values.length; i += 4) {
            values[i] += 3;
            values[i + 1] -= 4;
        }
        // Single precision of the samples.
        assertThat(FrechetDistance.squared(set, new SampleSet(4, values))).isCloseTo(25, within(1e-4));
    }

    /** Covariances that do not commute: A = diag(4, 1) and B = R diag(9, 1) R^T with R by 45 degrees. */
    @Test
    void rotatedCovariancesAgreeWithTheClosedForm() {
        SampleSet a = axes(2, 1, 0);
        SampleSet b = axes(3, 1, Math.PI / 4);
        // tr (AB)^(1/2) of 2 x 2 matrices is (tr AB + 2 (det AB)^(1/2))^(1/2).
        double traceOfProduct = (4 + 1) * (9 + 1) / 2.0;
        double root = Math.sqrt(traceOfProduct + 2 * Math.sqrt(4.0 * 9.0));
        assertThat(FrechetDistance.squared(a, b)).isCloseTo(5 + 10 - 2 * root, within(1e-5));
    }

    @Test
    void aSingularCovarianceIsNoTrouble() {
        SampleSet flat = new SampleSet(3, new float[] {1, 0, 0, 2, 0, 0, 3, 0, 0});
        assertThat(FrechetDistance.squared(flat, flat)).isCloseTo(0, within(1e-10));
    }

    @Test
    void refusesSetsThatCannotBeCompared() {
        SampleSet set = gaussian(1, 50, 6);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FrechetDistance.squared(set, gaussian(1, 50, 5)))
                .withMessageContaining("equal dimensions");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FrechetDistance.squared(set, set.first(1)))
                .withMessageContaining("at least 2 samples");
    }

    @Test
    void theRootOfAMatrixIsItsRoot() {
        double[][] values = {{4, 1, 0.5}, {1, 3, -1}, {0.5, -1, 5}};
        SymmetricMatrix root = new SymmetricMatrix(values).squareRoot();
        SymmetricMatrix identity = new SymmetricMatrix(new double[][] {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}});
        // root * 1 * root is the matrix again, whose own root has the trace of the first.
        assertThat(identity.between(root).trace()).isCloseTo(12, within(1e-12));
        assertThat(identity.between(root).traceOfSquareRoot()).isCloseTo(root.trace(), within(1e-12));
    }

    /** Four points whose covariance has these deviations along axes that are turned by an angle. */
    private static SampleSet axes(double first, double second, double angle) {
        // Points at +-a along an axis have, with divisor 3, a variance of 2 a^2 / 3.
        double scale = Math.sqrt(1.5);
        double[][] points = {{first, 0}, {-first, 0}, {0, second}, {0, -second}};
        float[] values = new float[8];
        for (int i = 0; i < points.length; i++) {
            double x = scale * points[i][0];
            double y = scale * points[i][1];
            values[2 * i] = (float) (x * Math.cos(angle) - y * Math.sin(angle));
            values[2 * i + 1] = (float) (x * Math.sin(angle) + y * Math.cos(angle));
        }
        return new SampleSet(2, values);
    }

    private static SampleSet gaussian(long seed, int samples, int dimensions) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[samples * dimensions];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return new SampleSet(dimensions, values);
    }
}
