package dev.freshet.model.divergence;

import static dev.freshet.model.engine.Scalars.over;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** The three estimators of reverse KL that most systems know, as members of this family, and what becomes of them as losses. */
class ReverseKlEstimatorsTest {
    private static final JsonNode VECTORS = Vectors.read("estimators");
    private static final JsonNode ENUMERATED = VECTORS.get("enumerated");
    private static final double[] LOG_RATIOS = Vectors.numbers(VECTORS.get("log_ratio_pi_over_ref"));
    private static final ReverseKl REVERSE = new ReverseKl();

    /** The outcomes' values, weighted by the policy without its gradient: what a mean over samples of the policy has. */
    private static BinaryOperator<NDArray> onPolicy(UnaryOperator<NDArray> value) {
        return (logPolicy, logAnchor) -> value.apply(logPolicy.sub(logAnchor))
                .mul(logPolicy.stopGradient().exp());
    }

    @Test
    void k1IsTheDerivative() {
        checkValues("k1", REVERSE::derivative);
    }

    @Test
    void k2IsTheSecondOrderTerm() {
        checkValues("k2", ReverseKlEstimatorsTest::secondOrder);
    }

    @Test
    void k3IsTheValueOnPolicy() {
        checkValues("k3", REVERSE::valueOnPolicy);
    }

    @Test
    void k1AndK3AreUnbiasedAndK2IsNot() {
        double reverse = Vectors.number(ENUMERATED.get("reverse_kl"));
        Closeness.DOUBLE.check("E k1", Vectors.number(ENUMERATED.get("E_k1")), reverse);
        checkExpectation("E_k1", onPolicy(REVERSE::derivative));
        checkExpectation("E_k2", onPolicy(ReverseKlEstimatorsTest::secondOrder));
        checkExpectation("E_k3", onPolicy(REVERSE::valueOnPolicy));
        checkExpectation("reverse_kl", onPolicy(l -> DivergenceEstimators.onPolicy(REVERSE, l)));
        checkExpectation("forward_kl", onPolicy(l -> DivergenceEstimators.onPolicy(new ForwardKl(), l)));
    }

    @Test
    void k1AsALossHasNoGradient() {
        checkGradient(ENUMERATED.get("expected_grad").get("k1_as_loss"), onPolicy(REVERSE::derivative));
    }

    @Test
    void k2AsALossHasTheGradientOfReverseKl() {
        JsonNode expected = ENUMERATED.get("expected_grad").get("k2_as_loss");
        checkGradient(expected, onPolicy(ReverseKlEstimatorsTest::secondOrder));
        checkGradient(expected, onPolicy(l -> DivergenceEstimators.onPolicy(REVERSE, l)));
        checkGradient(ENUMERATED.get("grad_reverse_kl"), onPolicy(l -> DivergenceEstimators.onPolicy(REVERSE, l)));
    }

    @Test
    void k3AsALossHasTheGradientOfForwardKl() {
        JsonNode expected = ENUMERATED.get("expected_grad").get("k3_as_loss");
        checkGradient(expected, onPolicy(REVERSE::valueOnPolicy));
        checkGradient(expected, onPolicy(l -> DivergenceEstimators.onPolicy(new ForwardKl(), l)));
        checkGradient(
                ENUMERATED.get("grad_forward_kl"), onPolicy(l -> DivergenceEstimators.onPolicy(new ForwardKl(), l)));
    }

    /** f''(1) l^2 / 2. */
    private static NDArray secondOrder(NDArray logRatio) {
        NDArray curvature = REVERSE.secondDerivative(logRatio.zerosLike());
        return over(logRatio.square().mul(curvature), 2);
    }

    private static void checkValues(String name, UnaryOperator<NDArray> quantity) {
        double[] expected = Vectors.numbers(VECTORS.get(name));
        Closeness.DOUBLE.check(name, LOG_RATIOS, Evaluate.doubles(quantity, LOG_RATIOS), expected);
        Closeness.FLOAT.checkAsFloat(name, LOG_RATIOS, Evaluate.floats(quantity, LOG_RATIOS), expected);
    }

    private static void checkExpectation(String name, BinaryOperator<NDArray> terms) {
        double expected = Vectors.number(ENUMERATED.get(name));
        Closeness.DOUBLE.check(name, Enumerated.over(ENUMERATED, DataType.FLOAT64, terms)[0], expected);
        Closeness.FLOAT.check(name, Enumerated.over(ENUMERATED, DataType.FLOAT32, terms)[0], expected);
    }

    private static void checkGradient(JsonNode vector, BinaryOperator<NDArray> terms) {
        double[] expected = Vectors.numbers(vector);
        Closeness.DOUBLE.check("gradient", expected, gradient(DataType.FLOAT64, terms), expected);
        Closeness.FLOAT.checkAsFloat("gradient", expected, gradient(DataType.FLOAT32, terms), expected);
    }

    private static double[] gradient(DataType type, BinaryOperator<NDArray> terms) {
        double[] valueAndGradient = Enumerated.over(ENUMERATED, type, terms);
        return Arrays.copyOfRange(valueAndGradient, 1, valueAndGradient.length);
    }
}
