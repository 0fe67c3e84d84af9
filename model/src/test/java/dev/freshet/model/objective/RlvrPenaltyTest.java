package dev.freshet.model.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.types.DataType;
import dev.freshet.model.divergence.DivergenceSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The penalty by enumeration: a policy over five tokens, each of which stands in the batch once with its probability under
 * the behaviour policy as weight, so that the loss is the expectation itself.
 */
class RlvrPenaltyTest {
    private static final double COEFFICIENT = 0.3;
    private static final double NO_CAP = 1e9;
    private static final List<Double> LOGITS = List.of(0.4, -0.9, 1.3, 0.1, -1.6);
    private static final List<Double> POLICY = logSoftmax(LOGITS);
    private static final List<Double> BEHAVIOUR = logSoftmax(List.of(0.1, -0.2, 1.0, 0.5, -1.1));
    private static final List<Double> REFERENCE = logSoftmax(List.of(-0.6, 0.3, 0.8, 0.9, -0.4));

    static Stream<String> specs() {
        return DivergenceSpec.examples().stream().filter(spec -> !spec.equals("none"));
    }

    @ParameterizedTest
    @MethodSource("specs")
    void valueIsTheDivergenceAlsoOnStaleSamples(String spec) {
        Tokenwise.Outcome outcome = expectation().under(grpo(spec, NO_CAP));
        double exact = divergence(spec, POLICY);
        assertThat(outcome.loss()).isCloseTo(COEFFICIENT * exact, within(1e-12));
    }

    @ParameterizedTest
    @MethodSource("specs")
    void gradientIsThatOfTheDivergenceItIsNamedFor(String spec) {
        List<Double> gradient =
                throughSoftmax(expectation().under(grpo(spec, NO_CAP)).gradient());
        for (int token = 0; token < LOGITS.size(); token++) {
            double exact = slope(spec, token);
            // Central differences with step 1e-5 are good to about 1e-10 here.
            assertThat(gradient.get(token)).as(spec).isCloseTo(COEFFICIENT * exact, within(1e-9));
        }
    }

    @Test
    void theLossCalledK3IsNotReverseKl() {
        // The loss most systems call their reverse-KL penalty, p/pi - ln(p/pi) - 1, differentiated as it stands.
        List<Double> slopes = new ArrayList<>();
        for (int token = 0; token < POLICY.size(); token++) {
            double inverseRatio = Math.exp(REFERENCE.get(token) - POLICY.get(token));
            slopes.add(Math.exp(POLICY.get(token)) * COEFFICIENT * (1 - inverseRatio));
        }
        List<Double> k3 = throughSoftmax(slopes);
        List<Double> reverse =
                throughSoftmax(expectation().under(grpo("reverse-kl", NO_CAP)).gradient());
        List<Double> forward =
                throughSoftmax(expectation().under(grpo("forward-kl", NO_CAP)).gradient());
        for (int token = 0; token < POLICY.size(); token++) {
            assertThat(k3.get(token)).isCloseTo(forward.get(token), within(1e-12));
            assertThat(k3.get(token)).isNotCloseTo(reverse.get(token), within(1e-3));
        }
    }

    @ParameterizedTest
    @MethodSource("specs")
    void singlePrecisionIsGoodEnough(String spec) {
        Tokenwise.Outcome exact = expectation().under(grpo(spec, 5));
        Tokenwise.Outcome single = expectation().under(grpo(spec, 5), DataType.FLOAT32);
        // Five terms of order 1, each with a few roundings of 6e-8.
        assertThat(single.loss()).isCloseTo(exact.loss(), within(1e-6));
        for (int token = 0; token < POLICY.size(); token++) {
            assertThat(single.gradient().get(token)).isCloseTo(exact.gradient().get(token), within(1e-6));
        }
    }

    @Test
    void surrogateAndPenaltyAddUp() {
        Tokenwise batch = expectation().withAdvantage(List.of(1.0, -1.0, 0.5, -0.5, 0.0));
        Tokenwise.Outcome both = batch.under(grpo("js", 5));
        Tokenwise.Outcome surrogate = batch.under(grpo("none", 5));
        Tokenwise.Outcome penalty = expectation().under(grpo("js", 5));
        assertThat(both.loss()).isCloseTo(surrogate.loss() + penalty.loss(), within(1e-14));
        for (int token = 0; token < POLICY.size(); token++) {
            double sum = surrogate.gradient().get(token) + penalty.gradient().get(token);
            assertThat(both.gradient().get(token)).isCloseTo(sum, within(1e-14));
        }
    }

    @Test
    void reportedDivergenceIsASumOverTokensWhateverTheAggregation() {
        Tokenwise onPolicy =
                Tokenwise.of(List.of(-1.0, -2.0), List.of(-1.0, -2.0)).withReference(List.of(-1.5, -1.0));
        double k3 = (0.5 + Math.expm1(-0.5)) + (-1.0 + Math.expm1(1.0));
        Tokenwise.Outcome plain = onPolicy.under(grpo("reverse-kl", 5));
        assertThat(plain.divergence()).isCloseTo(k3, within(1e-12));
        Tokenwise.Outcome weighted = onPolicy.withWeight(List.of(0.01, 0.02)).under(grpo("reverse-kl", 5));
        assertThat(weighted.divergence()).isCloseTo(k3, within(1e-12));
        Tokenwise.Outcome corrected = onPolicy.withCorrection(List.of(0.5, 0.5)).under(grpo("reverse-kl", 5));
        assertThat(corrected.divergence()).isCloseTo(k3 / 2, within(1e-12));
    }

    @Test
    void importanceWeightsAreCappedAndCounted() {
        Tokenwise stale = Tokenwise.of(List.of(-1.0, -1.0), List.of(-4.0, -1.0)).withReference(List.of(-2.0, -2.0));
        Tokenwise fresh = Tokenwise.of(List.of(-1.0, -1.0), List.of(-1.0, -1.0)).withReference(List.of(-2.0, -2.0));
        Tokenwise.Outcome capped = stale.under(grpo("reverse-kl", 5));
        Tokenwise.Outcome unweighted = fresh.under(grpo("reverse-kl", 5));
        assertThat(capped.capped()).isEqualTo(1);
        assertThat(unweighted.capped()).isZero();
        assertThat(capped.gradient().get(0)).isCloseTo(5 * unweighted.gradient().get(0), within(1e-12));
        assertThat(capped.gradient().get(1)).isCloseTo(unweighted.gradient().get(1), within(1e-12));
    }

    @Test
    void aForgottenTokenIsStillPulledBackBeyondTheClamp() {
        Tokenwise forgotten = Tokenwise.of(List.of(-60.0), List.of(-60.0)).withReference(List.of(-1.0));
        Tokenwise.Outcome outcome = forgotten.under(grpo("reverse-kl", 5));
        assertThat(outcome.clamped()).isEqualTo(1);
        assertThat(outcome.gradient().get(0)).isCloseTo(-20 * COEFFICIENT, within(1e-12));
    }

    /** What the learner has summed over the vocabulary counts as it is: no weight, no clamp, no correction. */
    @Test
    void anExactDivergenceIsTakenAsItIs() {
        Rlvr exact = grpo("js", 5)
                .withRegularisation(
                        Regularisation.from(
                                Objectives.config(
                                        "freshet { divergence = js, divergence-coefficient = 0.3, divergence-estimator = full-vocabulary }")));
        Tokenwise stale = Tokenwise.of(List.of(-1.0, -1.0), List.of(-9.0, -1.0))
                .withWeight(List.of(0.25, 0.5))
                .withCorrection(List.of(0.1, 0.2));
        Tokenwise.Outcome outcome = stale.withExactDivergence(List.of(0.4, 0.6)).under(exact);
        assertThat(outcome.loss()).isCloseTo(COEFFICIENT * (0.25 * 0.4 + 0.5 * 0.6), within(1e-12));
        assertThat(outcome.divergence()).isCloseTo(1.0, within(1e-12));
        assertThat(outcome.capped()).isZero();
        assertThat(exact.exactDivergence()).isPresent();
        assertThat(grpo("js", 5).exactDivergence()).isEmpty();
        assertThatThrownBy(() -> stale.under(exact)).hasMessageStartingWith("divergence js needs reference log-probs");
    }

    @Test
    void aPenaltyWithoutReferenceIsRefused() {
        assertThatThrownBy(() -> Tokenwise.of(POLICY, BEHAVIOUR).under(grpo("js", 5)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("divergence js needs reference log-probs, the batch has none"
                        + " (freshet.reference, freshet.divergence)");
    }

    private static Tokenwise expectation() {
        List<Double> probabilities = BEHAVIOUR.stream().map(Math::exp).toList();
        return Tokenwise.of(POLICY, BEHAVIOUR).withReference(REFERENCE).withWeight(probabilities);
    }

    private static double slope(String spec, int token) {
        double step = 1e-5;
        List<Double> above = new ArrayList<>(LOGITS);
        List<Double> below = new ArrayList<>(LOGITS);
        above.set(token, LOGITS.get(token) + step);
        below.set(token, LOGITS.get(token) - step);
        return (divergence(spec, logSoftmax(above)) - divergence(spec, logSoftmax(below))) / (2 * step);
    }

    /** D_f(policy || reference) from the definitions in the literature, without any generator function. */
    private static double divergence(String spec, List<Double> logPolicy) {
        return IntStream.range(0, logPolicy.size())
                .mapToDouble(i -> term(spec, Math.exp(logPolicy.get(i)), Math.exp(REFERENCE.get(i))))
                .sum();
    }

    private static double term(String spec, double policy, double reference) {
        double middle = (policy + reference) / 2;
        double reverse = policy * Math.log(policy / reference);
        double forward = reference * Math.log(reference / policy);
        double toMiddle = policy * Math.log(policy / middle) + reference * Math.log(reference / middle);
        double gap = policy - reference;
        double rootGap = Math.sqrt(policy) - Math.sqrt(reference);
        return switch (spec) {
            case "reverse-kl" -> reverse;
            case "forward-kl" -> forward;
            case "js" -> toMiddle / 2;
            case "js-gan" -> toMiddle;
            case "tv" -> Math.abs(gap) / 2;
            case "pearson-chi2" -> gap * gap / reference;
            case "neyman-chi2" -> gap * gap / policy;
            case "squared-hellinger" -> rootGap * rootGap;
            case "alpha:0.5" -> 2 * rootGap * rootGap;
            case "jeffreys" -> reverse + forward;
            case "softened-reverse-kl" -> 2 * middle * Math.log(middle / reference);
            case "softened-forward-kl" -> 2 * middle * Math.log(middle / policy);
            default -> throw new IllegalArgumentException(spec);
        };
    }

    /** From slopes at the log-probs to slopes at the logits. */
    private static List<Double> throughSoftmax(List<Double> slopes) {
        double total = slopes.stream().mapToDouble(Double::doubleValue).sum();
        return IntStream.range(0, slopes.size())
                .mapToObj(i -> slopes.get(i) - Math.exp(POLICY.get(i)) * total)
                .toList();
    }

    private static List<Double> logSoftmax(List<Double> logits) {
        double total = Math.log(
                logits.stream().mapToDouble(Double::doubleValue).map(Math::exp).sum());
        return DoubleStream.of(logits.stream().mapToDouble(Double::doubleValue).toArray())
                .mapToObj(logit -> logit - total)
                .toList();
    }

    private static Rlvr grpo(String spec, double cap) {
        return Objectives.of(RlvrVariant.GRPO, "freshet.rlvr.divergence-weight-cap = " + cap)
                .withRegularisation(Regularisation.of(spec, COEFFICIENT));
    }
}
