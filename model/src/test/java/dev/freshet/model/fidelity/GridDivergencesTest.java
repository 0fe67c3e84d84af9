package dev.freshet.model.fidelity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Test;

class GridDivergencesTest {
    /** Four cells about the middle. */
    private static final GridDivergences GRID = new GridDivergences(2, 1, 1e-9);

    private static final SampleSet LEFT = points(-0.5f, -0.5f, -0.5f, 0.5f);
    private static final SampleSet ALL = points(-0.5f, -0.5f, -0.5f, 0.5f, 0.5f, -0.5f, 0.5f, 0.5f);

    @Test
    void equalSharesAreNoDistanceApart() {
        Map<String, Double> measures = GRID.of(ALL, ALL);
        assertThat(measures.keySet()).containsExactly("forward_kl", "reverse_kl", "js", "tv", "recall");
        assertThat(measures.get("recall")).isEqualTo(1);
        measures.remove("recall");
        // Rounding of sums of five shares.
        assertThat(measures.values()).allSatisfy(value -> assertThat(value).isCloseTo(0, within(1e-12)));
    }

    @Test
    void halfOfTheTeacherIsMissed() {
        Map<String, Double> measures = GRID.of(ALL, LEFT);
        assertThat(measures.get("recall")).isEqualTo(0.5);
        // p = 1/4 in four cells, q = 1/2 in two of them; the floor of 1e-9 shifts shares by as much.
        assertThat(measures.get("reverse_kl")).isCloseTo(Math.log(2), within(1e-6));
        assertThat(measures.get("tv")).isCloseTo(0.5, within(1e-6));
        double expected = 0.5 * Math.log(0.5) + 0.5 * Math.log(0.25 / 1e-9);
        assertThat(measures.get("forward_kl")).isCloseTo(expected, within(1e-6));
        double js = (0.5 * Math.log(0.25 / 0.375) + 0.5 * Math.log(2) + Math.log(0.5 / 0.375)) / 2;
        assertThat(measures.get("js")).isCloseTo(js, within(1e-6));
    }

    @Test
    void whatIsOutsideCountsToo() {
        SampleSet outside = points(-0.5f, -0.5f, 7f, 0f);
        assertThat(GRID.of(points(-0.5f, -0.5f), outside).get("tv")).isCloseTo(0.5, within(1e-6));
        assertThat(GRID.of(outside, points(Float.NaN, 0)).get("recall")).isEqualTo(0.5);
    }

    @Test
    void refusesWhatIsNoGrid() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new GridDivergences(0, 1, 1e-5))
                .withMessageContaining("freshet.distill.evaluation.grid.cells");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new GridDivergences(2, 0, 1e-5))
                .withMessageContaining("freshet.distill.evaluation.grid.extent");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new GridDivergences(2, 1, 0))
                .withMessageContaining("freshet.distill.evaluation.grid.floor");
    }

    private static SampleSet points(float... coordinates) {
        return new SampleSet(2, coordinates);
    }
}
