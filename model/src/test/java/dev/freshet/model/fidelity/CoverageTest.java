package dev.freshet.model.fidelity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.entry;

import org.junit.jupiter.api.Test;

class CoverageTest {
    private static final SampleSet CENTRES = new SampleSet(2, new float[] {0, 0, 10, 0, 0, 10});

    @Test
    void countsWhatIsWithinThreeDeviationsOfACentre() {
        SampleSet samples = new SampleSet(2, new float[] {0, 2.9f, 0, 3.1f, 10, 0, 5, 5});
        assertThat(new ModeCoverage(CENTRES, 1).of(samples))
                .containsExactly(entry("precision", 0.5), entry("modes", 2.0));
    }

    @Test
    void aModeIsCoveredByMoreThanAQuarterOfItsShare() {
        float[] mostlyAtZero = new float[2 * 24];
        // Of 24 samples and 3 modes a share is 8: two do not cover a mode, three do.
        mostlyAtZero[0] = 10;
        mostlyAtZero[2] = 10;
        assertThat(new ModeCoverage(CENTRES, 1)
                        .of(new SampleSet(2, mostlyAtZero))
                        .get("modes"))
                .isEqualTo(1);
        mostlyAtZero[4] = 10;
        assertThat(new ModeCoverage(CENTRES, 1)
                        .of(new SampleSet(2, mostlyAtZero))
                        .get("modes"))
                .isEqualTo(2);
    }

    @Test
    void neighboursCoverWhatIsNoFartherThanTheirNeighbours() {
        SampleSet data = new SampleSet(1, new float[] {0, 1, 2, 10});
        SampleSet samples = new SampleSet(1, new float[] {0.5f, 1.5f, 2.5f});
        // Distances to the nearest neighbour are 1, 1, 1 and 8, so that 10 reaches back to 2; those of the samples are
        // 1.
        assertThat(new NeighbourCoverage(1).of(data, samples))
                .containsExactly(entry("precision", 1.0), entry("recall", 0.75));
        SampleSet far = new SampleSet(1, new float[] {-5, 30, 31});
        assertThat(new NeighbourCoverage(1).of(data, far).get("precision")).isZero();
    }

    @Test
    void aSetCoversItself() {
        SampleSet data = new SampleSet(2, new float[] {0, 1, 5, 3, 2, 8, 7, 7});
        assertThat(new NeighbourCoverage(9).of(data, data))
                .containsExactly(entry("precision", 1.0), entry("recall", 1.0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new NeighbourCoverage(0))
                .withMessageContaining("freshet.distill.evaluation.neighbours");
    }

    @Test
    void pooledPixelsAreMeansOfCells() {
        // Two images of 2 x 4, in cells of 1 x 2 and of 2 x 4 pixels.
        SampleSet images = new SampleSet(8, new float[] {0, 1, 2, 3, 4, 5, 6, 7, 1, 1, 1, 1, 1, 1, 1, 1});
        SampleSet features = new PooledPixels(2, 4, 1, 2).of(images);
        assertThat(features.toArray()).containsExactly(0.5f, 2.5f, 4.5f, 6.5f, 1, 1, 1, 1);
        assertThat(new PooledPixels(2, 4, 1, 1).of(images).toArray()).containsExactly(3.5f, 1);
        assertThat(new PooledPixels(2, 2, 2, 1).of(images).toArray()).containsExactly(3, 4, 1, 1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PooledPixels(2, 4, 1, 3))
                .withMessageContaining("freshet.distill.evaluation.feature-cells");
    }
}
