package dev.freshet.model.objective;

import static dev.freshet.model.objective.FDistills.backward;
import static dev.freshet.model.objective.FDistills.manager;
import static dev.freshet.model.objective.FDistills.objective;
import static dev.freshet.model.objective.FDistills.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import com.typesafe.config.ConfigFactory;
import dev.freshet.model.divergence.DivergenceSpec;
import dev.freshet.model.divergence.SmoothDivergence;
import dev.freshet.model.objective.FDistill.Weighting;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against finite differences, and what must hold whatever the numbers. */
class FDistillTest {
    @Test
    void noGradientFlowsThroughScoresWeightsAndDistance() {
        FDistill objective = objective("forward-kl", 0);
        try (NDManager manager = manager()) {
            NDArray generated = manager.create(new double[] {0.5, -1, 2, 0.3}, new Shape(2, 2));
            NDArray teacher = manager.create(new double[] {0.1, -0.7, 1.5, 0.9}, new Shape(2, 2));
            NDArray fake = manager.create(new double[] {0.4, -0.9, 1.9, 0.1}, new Shape(2, 2));
            NDArray weights = manager.create(new double[] {0.6, 1.4});
            List.of(generated, teacher, fake, weights).forEach(array -> array.setRequiresGradient(true));
            backward(objective.matching(generated, teacher, fake, weights));
            assertThat(generated.getGradient().toDoubleArray()).doesNotContain(0);
            for (NDArray constant : List.of(teacher, fake, weights)) {
                assertThat(JniUtils.getGradient((PtNDArray) constant)).isNull();
            }
        }
    }

    @Test
    void lossesHaveTheGradientsOfFiniteDifferences() {
        FDistill objective = objective("js-gan", 0.25);
        double[] logits = {-1.2, 0.4, 3, -0.1};
        checkGradient(logits, x -> objective.adversarial(x));
        checkGradient(logits, x -> FDistill.discrimination(x, x.mul(x).neg()));
        checkGradient(
                logits,
                x -> FDistill.denoising(
                        x.reshape(new Shape(2, 2)),
                        x.getManager().create(new double[] {1, 2, 3, 4}, new Shape(2, 2)),
                        x.getManager().create(new double[] {0.5, 2})));
    }

    @Test
    void aDiscriminatorThatKnowsNothingHasTheLossOfAGuess() {
        try (NDManager manager = manager()) {
            NDArray zeros = manager.create(new double[] {0, 0, 0});
            assertThat(FDistill.discrimination(zeros, zeros).getDouble()).isCloseTo(2 * Math.log(2), within(1e-12));
            assertThat(objective("js", 3).adversarial(zeros).getDouble()).isCloseTo(3 * Math.log(2), within(1e-12));
        }
    }

    @Test
    void equalRatiosWeighAlikeUnderEveryDivergence() {
        DivergenceSpec.named().forEach((spec, divergence) -> {
            if (divergence instanceof SmoothDivergence) {
                try (NDManager manager = manager()) {
                    Weighting weighting = objective(spec, 0)
                            .weigh(
                                    manager.create(new double[] {0.7, 0.7, 0.7}),
                                    manager.create(new double[] {0.1, 0.5, 0.95}),
                                    RatioBins.initial(10));
                    // The epsilons of the pipeline are 1e-6.
                    assertThat(weighting.weights().toDoubleArray())
                            .as(spec)
                            .containsExactly(new double[] {1, 1, 1}, within(1e-5));
                    assertThat(weighting.effectiveSampleSize()).isCloseTo(1, within(1e-12));
                }
            }
        });
    }

    @Test
    void refusesWhatHasNoSecondDerivativeWithTheKey() {
        assertThatThrownBy(() -> objective("tv", 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("second derivative")
                .hasMessageContaining("tv")
                .hasMessageContaining("freshet.divergence");
        FDistill objective = objective("alpha:0.5", 0);
        assertThatThrownBy(() ->
                        objective.withRegularisation(objective.regularisation().with("none", 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must have a divergence")
                .hasMessageContaining("freshet.divergence");
        assertThat(objective
                        .withRegularisation(objective.regularisation().with("jeffreys", 2))
                        .divergenceInUse())
                .isEqualTo("jeffreys");
    }

    @Test
    void theCoefficientIsAFactorOfTheDivergenceAlone() {
        FDistill half = new FDistill(Regularisation.of("js", 0.5), settings(0.25));
        try (NDManager manager = manager()) {
            NDArray generated = manager.create(new double[] {0.5, -1}, new Shape(1, 2));
            NDArray teacher = manager.create(new double[] {0.1, -0.7}, new Shape(1, 2));
            NDArray fake = manager.create(new double[] {0.4, -0.9}, new Shape(1, 2));
            NDArray weights = manager.create(new double[] {1});
            double whole = objective("js", 0)
                    .matching(generated, teacher, fake, weights)
                    .getDouble();
            assertThat(half.matching(generated, teacher, fake, weights).getDouble())
                    .isCloseTo(whole / 2, within(1e-12));
            assertThat(half.adversarial(weights).getDouble())
                    .isEqualTo(objective("js", 0.25).adversarial(weights).getDouble());
        }
    }

    /** Where the ratio is what it is for two Gaussians that are known, the estimate is the mean of the closed form. */
    @Test
    void tellsTheDivergenceThatTheRatiosMean() {
        double[] logit = {-0.5, 0.25, 1};
        try (NDManager manager = manager()) {
            Weighting weighting = objective("reverse-kl", 0)
                    .weigh(manager.create(logit), manager.create(new double[] {0.5, 0.5, 0.5}), RatioBins.initial(10));
            double mean = (Math.exp(-0.5) + Math.exp(0.25) + Math.exp(1)) / 3;
            double expected = 0;
            for (double one : logit) {
                double r = Math.exp(one) / mean;
                // k3: f(t) / t = -ln r + r - 1 at t = 1 / r.
                expected += (-Math.log(r) + r - 1) / 3;
            }
            // The pipeline's epsilons are 1e-6.
            assertThat(weighting.divergence()).isCloseTo(expected, within(1e-5));
        }
    }

    @Test
    void anotherNumberOfBinsBeginsThemAnew() {
        try (NDManager manager = manager()) {
            Weighting weighting = objective("js", 0)
                    .weigh(
                            manager.create(new double[] {1}),
                            manager.create(new double[] {0.05}),
                            new RatioBins(List.of(7.0, 7.0)));
            assertThat(weighting.bins().means()).hasSize(10);
            assertThat(weighting.bins().means().get(9)).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ratio.logit-bound = 0",
                "ratio.least = 0",
                "ratio.most = 0.01",
                "ratio.bins = 0",
                "ratio.memory = 1",
                "adversarial-weight = -1"
            })
    void refusesSettingsWithTheirKey(String setting) {
        String key = setting.substring(0, setting.indexOf(' '));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FDistillSettings.from(ConfigFactory.parseString("freshet.f-distill." + setting)
                        .withFallback(ConfigFactory.parseResources("learning.conf"))))
                .withMessageContaining("freshet.f-distill." + key);
    }

    private static void checkGradient(double[] at, UnaryOperator<NDArray> loss) {
        try (NDManager manager = manager()) {
            NDArray x = manager.create(at);
            x.setRequiresGradient(true);
            backward(loss.apply(x));
            double[] gradient = x.getGradient().toDoubleArray();
            double h = 1e-5;
            for (int i = 0; i < at.length; i++) {
                double[] above = at.clone();
                double[] below = at.clone();
                above[i] += h;
                below[i] -= h;
                double difference = (loss.apply(manager.create(above)).getDouble()
                                - loss.apply(manager.create(below)).getDouble())
                        / (2 * h);
                // The error of central differences is of the order of h^2.
                assertThat(gradient[i]).isCloseTo(difference, within(1e-8));
            }
        }
    }
}
