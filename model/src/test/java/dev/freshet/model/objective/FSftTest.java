package dev.freshet.model.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.freshet.model.dataset.ExampleKind;
import dev.freshet.model.objective.FSftSettings.Level;
import dev.freshet.model.objective.FSftSettings.Value;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FSftTest {
    private static final SftSettings TOKEN_MEAN = new SftSettings(LossAggregation.TOKEN_MEAN, 8);
    private static final FSftSettings PER_TOKEN = new FSftSettings(Level.TOKEN, Value.ZERO, 0.1);

    private static final Examplewise DEMONSTRATIONS = Examplewise.of(
            ExampleKind.DEMONSTRATION,
            List.of(List.of(-1.0, -0.2, -0.4), List.of(-2.0)),
            List.of(List.of(-1.5, -0.3, -0.3), List.of(-1.6)));

    private static FSft fSft(String divergence, double beta) {
        return new FSft(TOKEN_MEAN, PER_TOKEN, Regularisation.of(divergence, beta));
    }

    private static Sft sft(LossAggregation aggregation) {
        return new Sft(new SftSettings(aggregation, 8), Regularisation.of("none", 0));
    }

    @Test
    void supervisedFineTuningIsTheMeanOfMinusLogProbs() {
        Examplewise.Outcome tokens = DEMONSTRATIONS.under(sft(LossAggregation.TOKEN_MEAN));
        assertThat(tokens.loss()).isCloseTo(3.6 / 4, within(1e-12));
        assertThat(tokens.gradient()).containsExactly(-0.25, -0.25, -0.25, -0.25);
        assertThat(tokens.measures()).containsEntry("log_prob", -3.6 / 4);
        Examplewise.Outcome sequences = DEMONSTRATIONS.under(sft(LossAggregation.SEQUENCE_MEAN_TOKEN_MEAN));
        assertThat(sequences.loss()).isCloseTo((1.6 / 3 + 2) / 2, within(1e-12));
    }

    /** The paper's point: the reference drops out, and nothing holds the policy but the learning rate. */
    @ParameterizedTest
    @CsvSource({"0.1", "1", "7"})
    void inTotalVariationItHasTheGradientOfSupervisedFineTuning(double beta) {
        List<Double> gradient = DEMONSTRATIONS.under(fSft("tv", beta)).gradient();
        List<Double> supervised =
                DEMONSTRATIONS.under(sft(LossAggregation.TOKEN_MEAN)).gradient();
        for (int token = 0; token < supervised.size(); token++) {
            assertThat(gradient.get(token)).isCloseTo(supervised.get(token), within(1e-12));
        }
    }

    /** phi of Pearson's is x - x^2 / 4, so the loss is that of SFT with a pull of beta / 4 (ln pi - ln p)^2 to the reference. */
    @Test
    void inPearsonsChiSquaredItIsSupervisedFineTuningWithASquarePenalty() {
        double beta = 0.8;
        double expected = 0;
        double[] policy = {-1.0, -0.2, -0.4, -2.0};
        double[] reference = {-1.5, -0.3, -0.3, -1.6};
        for (int token = 0; token < policy.length; token++) {
            double logRatio = policy[token] - reference[token];
            expected += (-logRatio + beta / 4 * logRatio * logRatio) / 4;
        }
        assertThat(DEMONSTRATIONS.under(fSft("pearson-chi2", beta)).loss()).isCloseTo(expected, within(1e-12));
    }

    @ParameterizedTest
    @CsvSource({
        "pearson-chi2, TOKEN",
        "reverse-kl, TOKEN",
        "js-gan, TOKEN",
        "squared-hellinger, TOKEN",
        "alpha:0.5, TOKEN",
        "pearson-chi2, SEQUENCE",
        "js-gan, SEQUENCE"
    })
    void theGradientIsThatOfTheLoss(String divergence, Level level) {
        FSft objective =
                new FSft(TOKEN_MEAN, new FSftSettings(level, Value.ZERO, 0.1), Regularisation.of(divergence, 0.6));
        List<Double> gradient = DEMONSTRATIONS.under(objective).gradient();
        double step = 1e-5;
        for (int token = 0; token < gradient.size(); token++) {
            double rise = DEMONSTRATIONS.moved(token, step).under(objective).loss()
                    - DEMONSTRATIONS.moved(token, -step).under(objective).loss();
            // Central differences err by the square of the step, and by rounding over the step.
            assertThat(gradient.get(token)).isCloseTo(rise / (2 * step), within(1e-7));
        }
    }

    @Test
    void belowTheFloorTheGradientIsThatAtTheFloor() {
        FSft objective = fSft("js-gan", 1);
        double floor = PER_TOKEN.floor(objective.regularisation().divergence().orElseThrow());
        assertThat(floor).isCloseTo(0.1 - Math.log(2), within(1e-12));
        Examplewise far = Examplewise.ofNumbers(ExampleKind.DEMONSTRATION, List.of(-9.0), List.of(-1.0));
        Examplewise at = Examplewise.ofNumbers(ExampleKind.DEMONSTRATION, List.of(-1 + floor), List.of(-1.0));
        Examplewise.Outcome outcome = far.under(objective);
        assertThat(outcome.loss()).isFinite();
        assertThat(outcome.gradient().get(0))
                .isCloseTo(at.under(objective).gradient().get(0), within(1e-9));
        assertThat(outcome.measures()).containsEntry("reward_at_floor", 1.0);
        assertThat(at.under(objective).measures()).containsEntry("reward_at_floor", 0.0);
    }

    /** Where the loss is least over V_0, the mean of phi'(x + V_0) is 1. Of Pearson's it is minus the mean reward. */
    @Test
    void theBatchsValueIsWhereTheLossIsLeast() {
        FSft objective = new FSft(
                TOKEN_MEAN, new FSftSettings(Level.TOKEN, Value.BATCH, 0.1), Regularisation.of("pearson-chi2", 1));
        double value = value(objective);
        assertThat(value).isCloseTo(-(0.5 + 0.1 - 0.1 - 0.4) / 4, within(1e-6));
        for (String divergence : List.of("js-gan", "squared-hellinger", "forward-kl", "reverse-kl")) {
            FSft other = new FSft(
                    TOKEN_MEAN, new FSftSettings(Level.TOKEN, Value.BATCH, 0.1), Regularisation.of(divergence, 1));
            double least = value(other);
            double loss = DEMONSTRATIONS.withConstant(least).under(other).loss();
            for (double away : new double[] {-0.05, 0.05}) {
                assertThat(DEMONSTRATIONS
                                .withConstant(least + away)
                                .under(other)
                                .loss())
                        .as(divergence)
                        .isGreaterThan(loss);
            }
        }
    }

    @Test
    void ofTotalVariationEveryValueIsAsGoodAndItIsZero() {
        assertThat(value(new FSft(
                        TOKEN_MEAN, new FSftSettings(Level.TOKEN, Value.BATCH, 0.1), Regularisation.of("tv", 1))))
                .isZero();
    }

    private static double value(FSft objective) {
        try (NDManager owner = Examplewise.manager()) {
            return objective.batchConstant(DEMONSTRATIONS.scored(), DEMONSTRATIONS.policy(), owner);
        }
    }

    @Test
    void whatCannotBeginAtTheReferenceIsRefused() {
        assertThatThrownBy(() -> fSft("forward-kl", 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("freshet.f-sft.value = batch");
        assertThatThrownBy(() -> fSft("js", 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("f-sft must have a divergence-coefficient above 0, was 0.0");
        assertThatThrownBy(() -> fSft("none", 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("or the objective sft");
    }

    @Test
    void everyObjectiveIsWhatItsNameSays() {
        for (String name : DatasetObjectives.names()) {
            Config config = ConfigFactory.parseString("freshet.objective = " + name)
                    .withFallback(ConfigFactory.parseResources("dataset.conf"))
                    .withFallback(ConfigFactory.parseResources("learning.conf"))
                    .withFallback(ConfigFactory.parseResources("generation.conf"));
            Objective objective = KnownObjectives.from(config);
            assertThat(objective.name()).isEqualTo(name);
            assertThat(KnownObjectives.sections(name)).allMatch(config::hasPath);
        }
    }

    @Test
    void aSwitchThatWouldChangeNothingIsRefused() {
        assertThatThrownBy(() -> sft(LossAggregation.TOKEN_MEAN).withRegularisation(Regularisation.of("js", 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "objective sft has a divergence of its own, so a switch to js would change nothing: switch the"
                                + " objective to f-sft, which takes any (freshet.divergence, freshet.objective)");
        Dpo dpo = new Dpo(Regularisation.of("js", 0.1));
        assertThat(dpo.withRegularisation(Regularisation.of("js", 0.2))
                        .regularisation()
                        .coefficient())
                .isEqualTo(0.2);
        assertThat(dpo.divergenceInUse()).isEqualTo("reverse-kl");
    }
}
