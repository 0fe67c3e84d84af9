package dev.freshet.model.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.types.DataType;
import dev.freshet.model.dataset.ExampleKind;
import dev.freshet.model.divergence.Closeness;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class UnlearningBaselineTest {
    private static final double BETA = 0.1;
    private static final List<List<Double>> FORGET = List.of(List.of(-0.1, -0.3, -0.2), List.of(-0.5, -1.5));
    private static final List<List<Double>> TEMPLATE = List.of(List.of(-2.0, -1.0), List.of(-0.7, -3.0, -1.1));
    private static final List<List<Double>> FORGET_REFERENCE = List.of(List.of(-0.05, -0.2, -0.1), List.of(-0.4, -1.7));
    private static final List<List<Double>> TEMPLATE_REFERENCE =
            List.of(List.of(-2.5, -1.2), List.of(-0.6, -2.5, -1.0));
    private static final AnswerPairs PAIRS =
            AnswerPairs.of(FORGET, TEMPLATE).withReference(FORGET_REFERENCE, TEMPLATE_REFERENCE);

    @Test
    void lossesAreThoseOfTheirDefinitions() {
        double ascent = (-0.6 / 3 - 2.0 / 2) / 2;
        assertThat(mean(UnlearningBaseline.GRADIENT_ASCENT)).isCloseTo(ascent, within(1e-12));
        assertThat(mean(UnlearningBaseline.GRADIENT_ASCENT_KL)).isCloseTo(ascent, within(1e-12));
        assertThat(mean(UnlearningBaseline.IDK)).isCloseTo((3.0 / 2 + 4.8 / 3) / 2, within(1e-12));
        double first = pushed(-0.6 + 0.35, 3);
        double second = pushed(-2.0 + 2.1, 2);
        assertThat(mean(UnlearningBaseline.NPO)).isCloseTo((first + second) / 2, within(1e-12));
        double firstPair = pushed(-0.6 + 0.35 - (-3.0 + 3.7), 3);
        double secondPair = pushed(-2.0 + 2.1 - (-4.8 + 4.1), 2);
        assertThat(mean(UnlearningBaseline.TEMPLATE_DPO)).isCloseTo((firstPair + secondPair) / 2, within(1e-12));
    }

    /** -2/beta ln sigma(-beta x) / length. */
    private static double pushed(double logRatio, int length) {
        return 2 / BETA * Math.log1p(Math.exp(BETA * logRatio)) / length;
    }

    /** So that one learning rate serves all. */
    @Test
    void atTheReferenceNpoStartsAsGradientAscentDoes() {
        AnswerPairs atReference = AnswerPairs.of(FORGET, TEMPLATE).withReference(FORGET, TEMPLATE);
        List<Double> ascent =
                atReference.under(loss(UnlearningBaseline.GRADIENT_ASCENT)).forgetGradient();
        List<Double> npo = atReference.under(loss(UnlearningBaseline.NPO)).forgetGradient();
        List<Double> dpo =
                atReference.under(loss(UnlearningBaseline.TEMPLATE_DPO)).forgetGradient();
        for (int token = 0; token < ascent.size(); token++) {
            assertThat(npo.get(token)).isCloseTo(ascent.get(token), within(1e-12));
            assertThat(dpo.get(token)).isCloseTo(ascent.get(token), within(1e-12));
        }
    }

    @ParameterizedTest
    @EnumSource(UnlearningBaseline.class)
    void whatIsReadIsPushedTheRightWay(UnlearningBaseline baseline) {
        AnswerPairs.Outcome outcome = PAIRS.under(loss(baseline));
        assertThat(outcome.forgetGradient())
                .allSatisfy(slope -> assertThat(slope)
                        .satisfies(value -> assertThat(value > 0).isEqualTo(baseline.readsForget())));
        assertThat(outcome.templateGradient())
                .allSatisfy(slope -> assertThat(slope)
                        .satisfies(value -> assertThat(value < 0).isEqualTo(baseline.readsTemplate())));
    }

    @ParameterizedTest
    @EnumSource(UnlearningBaseline.class)
    void gradientIsTheDifferenceQuotient(UnlearningBaseline baseline) {
        double step = 1e-6;
        AnswerPairs.Outcome outcome = PAIRS.under(loss(baseline));
        double atForget = (PAIRS.forgetMoved(1, 1, step).under(loss(baseline)).mean()
                        - PAIRS.forgetMoved(1, 1, -step).under(loss(baseline)).mean())
                / (2 * step);
        double atTemplate = (PAIRS.templateMoved(0, 1, step)
                                .under(loss(baseline))
                                .mean()
                        - PAIRS.templateMoved(0, 1, -step).under(loss(baseline)).mean())
                / (2 * step);
        // Rounding of a loss of order 10, 1e-15, over the step.
        assertThat(outcome.forgetGradient().get(4)).isCloseTo(atForget, within(1e-7));
        assertThat(outcome.templateGradient().get(1)).isCloseTo(atTemplate, within(1e-7));
    }

    @ParameterizedTest
    @EnumSource(UnlearningBaseline.class)
    void singlePrecisionAgrees(UnlearningBaseline baseline) {
        AnswerPairs.Outcome wide = PAIRS.under(loss(baseline));
        AnswerPairs.Outcome narrow = PAIRS.under(loss(baseline), DataType.FLOAT32);
        Closeness.FLOAT.check(baseline.spec(), narrow.mean(), wide.mean());
        for (int token = 0; token < wide.forgetGradient().size(); token++) {
            Closeness.FLOAT.check(
                    baseline.spec(),
                    narrow.forgetGradient().get(token),
                    wide.forgetGradient().get(token));
        }
    }

    @Test
    void withoutAReferenceThoseThatReadOneAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AnswerPairs.of(FORGET, TEMPLATE).under(loss(UnlearningBaseline.NPO)))
                .withMessage("the method needs reference log-probs of the answers, there are none (freshet.objective,"
                        + " freshet.reference)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> unlearning(UnlearningBaseline.NPO, 0))
                .withMessage("beta must be finite and above 0, was 0.0 (freshet.unlearning.beta)");
    }

    /** Forgets the first answer, has no use for the template, and holds the retained answer to the reference. */
    @Test
    void theRetainedAnswerIsHeldByKl() {
        BaselineUnlearning objective = new BaselineUnlearning(
                UnlearningBaseline.GRADIENT_ASCENT_KL, new UnlearningSettings(BETA, 3), Regularisation.of("none", 0.1));
        List<Double> retained = List.of(-0.5, -0.2);
        List<List<Double>> answers = List.of(List.of(-0.1, -0.3), List.of(-2.0), retained);
        Examplewise there = Examplewise.of(ExampleKind.FORGET_AND_RETAIN, answers, answers);
        assertThat(there.under(objective).loss()).isCloseTo(-0.2, within(1e-12));
        assertThat(there.under(objective).measures()).containsEntry("retain_divergence", 0.0);

        Examplewise away = Examplewise.of(
                ExampleKind.FORGET_AND_RETAIN,
                answers,
                List.of(List.of(-0.1, -0.3), List.of(-2.0), List.of(-0.4, -0.6)));
        double divergence = (Math.exp(-0.1) - 1 + 0.1 + Math.exp(0.4) - 1 - 0.4) / 2;
        assertThat(away.under(objective).loss()).isCloseTo(-0.2 + 3 * divergence, within(1e-12));
        List<Double> gradient = away.under(objective).gradient();
        double step = 1e-5;
        for (int token = 0; token < gradient.size(); token++) {
            double rise = away.moved(token, step).under(objective).loss()
                    - away.moved(token, -step).under(objective).loss();
            // Central differences err by the square of the step, and by rounding over the step.
            assertThat(gradient.get(token)).isCloseTo(rise / (2 * step), within(1e-7));
        }
    }

    private static double mean(UnlearningBaseline baseline) {
        return PAIRS.under(loss(baseline)).mean();
    }

    private static BaselineUnlearning loss(UnlearningBaseline baseline) {
        return unlearning(baseline, BETA);
    }

    private static BaselineUnlearning unlearning(UnlearningBaseline baseline, double beta) {
        return new BaselineUnlearning(baseline, new UnlearningSettings(beta, 1), Regularisation.of("none", 0.1));
    }
}
