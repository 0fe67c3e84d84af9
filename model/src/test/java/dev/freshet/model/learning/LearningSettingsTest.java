package dev.freshet.model.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.model.engine.ComputeDevice;
import dev.freshet.model.learning.LearningRate.Schedule;
import dev.freshet.model.learning.ScorerSettings.Batching;
import dev.freshet.model.transformer.DecoderProgram.AdamW;
import dev.freshet.model.transformer.InitialWeights;
import dev.freshet.model.transformer.MatrixFlavour;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LearningSettingsTest {
    private static final ComputeSettings DEFAULT_COMPUTE =
            new ComputeSettings(ComputeDevice.CPU, MatrixFlavour.FP32, 1);

    @Test
    void defaultsAreTheQuickstarts() {
        assertThat(LearnerSettings.from(Toy.config()))
                .isEqualTo(new LearnerSettings(
                        DEFAULT_COMPUTE,
                        new StepSettings(
                                new LearningRate(1.5e-3, 5, Schedule.LINEAR, 0.1, 130),
                                new AdamW(0.9, 0.99, 1e-8, 0, 1),
                                2,
                                2),
                        1,
                        16384,
                        33_554_432,
                        TrainedParameters.ALL));
        assertThat(WarmUpSettings.from(Toy.config()))
                .isEqualTo(new WarmUpSettings(
                        DEFAULT_COMPUTE.withThreads(Runtime.getRuntime().availableProcessors()),
                        new LearningRate(3e-3, 30, Schedule.COSINE, 0.1, 1000),
                        new AdamW(0.9, 0.95, 1e-8, 0.01, 1),
                        128,
                        InitialWeights.of(1),
                        16384));
        assertThat(ScorerSettings.from(Toy.config()))
                .isEqualTo(new ScorerSettings(DEFAULT_COMPUTE, 16384, Batching.WAITING_GROUPS));
    }

    @Test
    void everyNumberCanBeSet() {
        String[] changes = {
            "freshet.train { steps = 7, seed = 8, device = \"cuda:1\", matrix-flavour = bf16, threads = 3, mini-batches = 4 }",
            "freshet.train { parameters = head, micro-batch-tokens = 99, logits-at-once = 98, learning-rate = 0.1, learning-rate-warm-up-steps = 2 }",
            "freshet.train { learning-rate-schedule = cosine, final-learning-rate-fraction = 0.2, max-gradient-norm = 3 }",
            "freshet.train { sampling-correction-cap = 9, adam { beta1 = 0.1, beta2 = 0.2, epsilon = 0.3, weight-decay = 0.4 } }",
            "freshet.warm-up { initializer-range = 0.02, steps = 70, batch = 6, threads = 2, learning-rate = 0.01, learning-rate-warm-up-steps = 3 }",
            "freshet.warm-up { learning-rate-schedule = constant, final-learning-rate-fraction = 0.5, max-gradient-norm = 4 }",
            "freshet.warm-up.adam { beta1 = 0.5, beta2 = 0.6, epsilon = 0.7, weight-decay = 0.8 }",
            "freshet.reference-scorer { device = \"cuda:2\", matrix-flavour = plain, threads = 5, batch-tokens = 33 }"
        };
        ComputeSettings compute = new ComputeSettings(new ComputeDevice(1), MatrixFlavour.BF16, 3);
        assertThat(LearnerSettings.from(Toy.config(changes)))
                .isEqualTo(new LearnerSettings(
                        compute,
                        new StepSettings(
                                new LearningRate(0.1, 2, Schedule.COSINE, 0.2, 7),
                                new AdamW(0.1, 0.2, 0.3, 0.4, 3),
                                4,
                                9),
                        8,
                        99,
                        98,
                        TrainedParameters.HEAD));
        assertThat(WarmUpSettings.from(Toy.config(changes)))
                .isEqualTo(new WarmUpSettings(
                        compute.withThreads(2),
                        new LearningRate(0.01, 3, Schedule.CONSTANT, 0.5, 70),
                        new AdamW(0.5, 0.6, 0.7, 0.8, 4),
                        6,
                        new InitialWeights(OptionalDouble.of(0.02), 8),
                        99));
        assertThat(ScorerSettings.from(Toy.config(changes)).deterministic())
                .isEqualTo(new ScorerSettings(
                        new ComputeSettings(new ComputeDevice(2), MatrixFlavour.PLAIN, 5), 33, Batching.GROUP_ALONE));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "train.threads=0 | threads must be at least 1, was 0 (freshet.train.threads)",
                "train.matrix-flavour=fp32-packed | a learner's matrix flavour must be plain, fp32 or bf16, was"
                        + " fp32-packed, which has no gradients (freshet.train.matrix-flavour)",
                "train.mini-batches=0 | mini-batches must be at least 1, was 0 (freshet.train.mini-batches)",
                "train.micro-batch-tokens=0 | micro-batch-tokens must be at least 1, was 0"
                        + " (freshet.train.micro-batch-tokens)",
                "train.sampling-correction-cap=0.5 | sampling-correction-cap must be at least 1, was 0.5"
                        + " (freshet.train.sampling-correction-cap)",
                "train.learning-rate=0 | learning-rate must be finite and above 0, was 0.0"
                        + " (freshet.train.learning-rate)",
                "train.steps=0 | steps must be at least 1, was 0 (freshet.train.steps)",
                "train.learning-rate-warm-up-steps=-1 | learning-rate-warm-up-steps must be at least 0, was -1"
                        + " (freshet.train.learning-rate-warm-up-steps)",
                "train.final-learning-rate-fraction=2 | final-learning-rate-fraction must be in [0, 1], was 2.0"
                        + " (freshet.train.final-learning-rate-fraction)",
                "train.learning-rate-schedule=step | learning-rate-schedule must be constant, linear or cosine, was"
                        + " \"step\" (freshet.train.learning-rate-schedule)",
                "train.adam.beta1=1 | a moment's decay must be in [0, 1), was 1.0 (freshet.train.adam.beta1)",
                "train.adam.epsilon=0 | freshet.train.adam.epsilon must be finite and above 0, was 0.0",
                "train.adam.weight-decay=-1 | weight decay must be finite and at least 0, was -1.0"
                        + " (freshet.train.adam.weight-decay)",
                "train.max-gradient-norm=0 | freshet.train.max-gradient-norm must be finite and above 0, was 0.0"
            })
    void badLearnerSettingsAreRefused(String setting, String refusal) {
        assertThatThrownBy(() -> Toy.settings("freshet." + setting))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(refusal);
    }

    /** Else its bits would depend on how many CPUs the machine has. */
    @Test
    void aDeterministicRunWarmsUpOnTheLearnersThreads() {
        WarmUpSettings settings =
                WarmUpSettings.from(Toy.config("freshet { deterministic = true, train.threads = 7 }"));
        assertThat(settings.compute().threads()).isEqualTo(7);
    }

    @Test
    void badSettingsOfTheOtherRolesAreRefused() {
        assertThatThrownBy(() -> WarmUpSettings.from(Toy.config("freshet.warm-up.batch = 0")))
                .hasMessage("batch must be at least 1, was 0 (freshet.warm-up.batch)");
        assertThatThrownBy(() -> WarmUpSettings.from(Toy.config("freshet.warm-up.initializer-range = 0")))
                .hasMessage("initializer-range must be auto, or finite and above 0, was 0.0"
                        + " (freshet.warm-up.initializer-range)");
        assertThatThrownBy(() -> WarmUpSettings.from(Toy.config("freshet.warm-up.threads = all")))
                .hasMessage("threads must be auto or a whole number from 1 to 9999, was all (freshet.warm-up.threads)");
        assertThatThrownBy(() -> ScorerSettings.from(Toy.config("freshet.reference-scorer.batch-tokens = 0")))
                .hasMessage("batch-tokens must be at least 1, was 0 (freshet.reference-scorer.batch-tokens)");
    }
}
