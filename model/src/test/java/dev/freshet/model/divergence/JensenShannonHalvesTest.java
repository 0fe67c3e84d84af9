package dev.freshet.model.divergence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.function.BinaryOperator;
import org.junit.jupiter.api.Test;

/** The halves' expectations, by enumeration of a policy of four outcomes. */
class JensenShannonHalvesTest {
    private static final JsonNode VECTORS = Vectors.read("dph").get("enumerated_identities");

    @Test
    void theAnchorsHalfIsItsDivergenceFromTheMixture() {
        double[] half = enumerated(JensenShannonHalvesTest::ofAnchor);
        assertThat(half[0]).isCloseTo(number("KL_ref_m"), within(1e-12));
    }

    @Test
    void theHalvesAddUpToTheDivergenceAndItsGradient() {
        double[] both = enumerated((policy, anchor) -> ofAnchor(policy, anchor).add(ofPolicy(policy, anchor)));
        double[] exact = enumerated(
                (policy, anchor) -> DivergenceEstimators.overVocabulary(JensenShannon.onGanScale(), policy, anchor));
        Closeness.DOUBLE.check("value and gradient", exact, both, exact);
        double[] single = Enumerated.over(
                VECTORS,
                DataType.FLOAT32,
                (policy, anchor) -> ofAnchor(policy, anchor).add(ofPolicy(policy, anchor)));
        Closeness.FLOAT.check("value and gradient", exact, single, exact);
    }

    /** What the released code does with its live half: the value's estimate, differentiated as it stands. */
    @Test
    void differentiatingThePolicysHalfAsItStandsHasAnotherGradient() {
        double[] right = enumerated(JensenShannonHalvesTest::ofPolicy);
        double[] mistaken = enumerated((policy, anchor) -> JensenShannonHalves.ofAnchor(anchor.sub(policy))
                .mul(policy.stopGradient().exp()));
        assertThat(mistaken[0]).isCloseTo(right[0], within(1e-12));
        assertThat(mistaken[1]).isNotCloseTo(right[1], within(1e-3));
    }

    @Test
    void atTheAnchorNeitherPulls() {
        assertThat(Evaluate.gradient(JensenShannonHalves::ofAnchor, 0)[0]).isCloseTo(0, within(1e-15));
        assertThat(Evaluate.gradient(JensenShannonHalves::ofPolicy, 0)[0]).isCloseTo(0, within(1e-15));
    }

    /** The number that the mixture is between: a check that the vectors' policy and anchor are read the right way round. */
    @Test
    void policyAndAnchorAreNotExchanged() {
        double[] reverse = enumerated((policy, anchor) -> policy.exp().mul(policy.sub(anchor)));
        assertThat(reverse[0]).isCloseTo(number("KL_pi_ref"), within(1e-12));
    }

    private static NDArray ofAnchor(NDArray logPolicy, NDArray logAnchor) {
        return JensenShannonHalves.ofAnchor(logPolicy.sub(logAnchor)).mul(logAnchor.exp());
    }

    private static NDArray ofPolicy(NDArray logPolicy, NDArray logAnchor) {
        return JensenShannonHalves.ofPolicy(logPolicy.sub(logAnchor))
                .mul(logPolicy.stopGradient().exp());
    }

    private static double[] enumerated(BinaryOperator<NDArray> estimate) {
        return Enumerated.over(VECTORS, DataType.FLOAT64, estimate);
    }

    private static double number(String name) {
        return Vectors.number(VECTORS.get(name));
    }
}
