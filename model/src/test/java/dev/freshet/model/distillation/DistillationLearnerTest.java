package dev.freshet.model.distillation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.typesafe.config.Config;
import dev.freshet.model.engine.OpenArrays;
import dev.freshet.model.fidelity.SampleSet;
import dev.freshet.model.learning.LearnerSnapshot;
import dev.freshet.model.learning.LearnerState;
import dev.freshet.model.learning.StepReport;
import dev.freshet.model.learning.StepSettings;
import dev.freshet.model.objective.FDistill;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.safetensors.TensorData;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DistillationLearnerTest {
    private static final String NETWORK = "freshet.distill.student.kind = network\nfreshet.train.learning-rate = 1e-3";
    private static final String TRAINED = "freshet.distill.teacher.kind = trained";

    @Test
    void aRoundMakesAVersionAndTellsWhatItDid() throws InterruptedException {
        Config config = Distilled.config("freshet.f-distill.adversarial-weight = 0.1");
        try (DistillationLearner learner = started(config)) {
            StepReport first = round(learner, config, 0);
            assertThat(first.version()).isEqualTo(new PolicyVersion(1));
            assertThat(first.objective()).isEqualTo("f-distill");
            assertThat(first.divergence()).isEqualTo("reverse-kl");
            assertThat(first.firstSequence()).isZero();
            assertThat(first.lastSequence()).isZero();
            assertThat(first.groups()).isEqualTo(1);
            // Three updates of the head start, two of the round, and one of the student.
            assertThat(first.rollouts()).isEqualTo(6 * 32);
            assertThat(first.skippedMiniBatches()).isZero();
            assertThat(first.loss()).isPositive();
            assertThat(first.divergenceValue()).isPositive();
            assertThat(first.gradientNorm()).isPositive();
            assertThat(first.learningRate()).isEqualTo(0.02);
            assertThat(first.meanReward()).isNaN();
            assertThat(first.measures().keySet())
                    .containsExactly(
                            "adversarial_loss",
                            "fake_loss",
                            "discriminator_loss",
                            "discriminator_accuracy",
                            "ratio",
                            "bounded_ratios",
                            "weight_sample_size");
            assertThat(first.measures().get("adversarial_loss")).isPositive();
            assertThat(first.measures().get("discriminator_accuracy")).isBetween(0.0, 1.0);
            // Reverse KL weighs all alike.
            assertThat(first.measures().get("weight_sample_size")).isCloseTo(1, within(1e-6));
            StepReport second = round(learner, config, 1);
            assertThat(second.version()).isEqualTo(new PolicyVersion(2));
            assertThat(second.rollouts()).isEqualTo(3 * 32);
            assertThat(second.learningRate()).isLessThan(0.02);
            assertThat(learner.version()).isEqualTo(new PolicyVersion(2));
        }
    }

    @Test
    void divergencesWeighDifferentlyFromTheVeryNextRound() throws InterruptedException {
        Config config = Distilled.config();
        try (DistillationLearner learner = started(config)) {
            assertThat(round(learner, config, 0).measures().get("weight_sample_size"))
                    .isCloseTo(1, within(1e-6));
            StepReport switched = round(learner, Distilled.config("freshet.divergence = neyman-chi2"), 1);
            assertThat(switched.divergence()).isEqualTo("neyman-chi2");
            assertThat(switched.measures().get("weight_sample_size")).isLessThan(0.9999);
        }
    }

    @Test
    void everyExampleOfTheDataIsLookedAtOnce() {
        DistillationSettings settings = Distilled.settings();
        // Three batches of head start, and then two a round.
        assertThat(settings.firstExample(0)).isEqualTo(3 * 32);
        assertThat(settings.firstExample(1)).isEqualTo(5 * 32);
        assertThat(settings.criticUpdates(0)).isZero();
        assertThat(settings.criticUpdates(1)).isEqualTo(5);
        assertThat(settings.criticUpdates(2)).isEqualTo(7);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", NETWORK, TRAINED + "\n" + NETWORK})
    void aRunThatGoesOnFromASnapshotEndsWhereTheOtherDoes(String lines) throws InterruptedException {
        Config config = Distilled.config(lines);
        List<Float> whole;
        LearnerSnapshot half;
        try (DistillationLearner learner = started(config)) {
            rounds(learner, config, 0, 3);
            half = learner.snapshot().toCompletableFuture().join();
            rounds(learner, config, 3, 3);
            whole = numbers(learner);
        }
        DistillationSettings settings = DistillationSettings.from(config);
        try (DistillationLearner resumed = DistillationLearner.start(settings, data(settings), half)) {
            assertThat(resumed.version()).isEqualTo(new PolicyVersion(3));
            rounds(resumed, config, 3, 3);
            assertThat(numbers(resumed)).isEqualTo(whole);
        }
    }

    @Test
    void goesBackInWeightsAndOnInVersions() throws InterruptedException {
        Config config = Distilled.config();
        try (DistillationLearner learner = started(config)) {
            rounds(learner, config, 0, 2);
            LearnerState two =
                    (LearnerState) learner.snapshot().toCompletableFuture().join();
            List<Float> then = numbers(learner);
            rounds(learner, config, 2, 2);
            assertThat(numbers(learner)).isNotEqualTo(then);
            learner.restore(two.as(new PolicyVersion(5))).toCompletableFuture().join();
            assertThat(numbers(learner)).isEqualTo(then);
            assertThat(learner.version()).isEqualTo(new PolicyVersion(5));
            StepReport next = round(learner, config, 4);
            assertThat(next.version()).isEqualTo(new PolicyVersion(6));
            // The position in the schedule is that of the weights.
            assertThat(next.learningRate()).isEqualTo(0.02 * (1 - 2 / 39.0));
        }
    }

    @Test
    void aStateOfOtherNetworksIsRefusedAndChangesNothing() throws InterruptedException {
        Config config = Distilled.config();
        Config other = Distilled.config("freshet.distill.critic.widths = [8]");
        List<TensorData> others = prepared(DistillationSettings.from(other));
        try (DistillationLearner learner = started(config)) {
            rounds(learner, config, 0, 1);
            List<Float> before = numbers(learner);
            assertThatThrownBy(() -> learner.restore(LearnerState.fresh(others).as(new PolicyVersion(2)))
                            .toCompletableFuture()
                            .join())
                    .isInstanceOf(CompletionException.class)
                    .cause()
                    .hasMessageContaining("under discriminator.")
                    .hasMessageContaining("freshet.distill");
            assertThat(numbers(learner)).isEqualTo(before);
            assertThat(learner.version()).isEqualTo(new PolicyVersion(1));
        }
    }

    @Test
    void aLossThatIsNotFiniteChangesNothingAndIsCounted() throws InterruptedException {
        Config config = Distilled.config("freshet.distill.student.mixture.at = [1e30, 0.0]");
        try (DistillationLearner learner = started(config)) {
            List<Float> before = numbers(learner);
            StepReport report = round(learner, config, 0);
            assertThat(report.skippedMiniBatches()).isPositive();
            assertThat(numbers(learner)).isEqualTo(before);
        }
    }

    @Test
    void theStudentComesNearTheTeacher() throws InterruptedException {
        // One Gaussian for one: reverse KL leads the student there from anywhere near.
        Config config = Distilled.config(
                "freshet.train.steps = 300",
                "freshet.distill.data.mixture { modes = 1, size = 1.0, deviation = 0.5 }",
                "freshet.distill.scaling { data-deviation = 1.0, input-variance = 1.0 }",
                "freshet.distill.student.mixture { components = 1, at = [-0.5, 1.0], spread = 0.0, deviation = 1.0 }");
        try (DistillationLearner learner = started(config)) {
            rounds(learner, config, 0, 300);
            SampleSet samples = learner.samples(2000).toCompletableFuture().join();
            double x = 0;
            double y = 0;
            for (int i = 0; i < samples.size(); i++) {
                x += samples.value(i, 0) / samples.size();
                y += samples.value(i, 1) / samples.size();
            }
            // From 1.8 away; the small networks' scores are no better than this.
            assertThat(x).isCloseTo(1, within(0.25));
            assertThat(y).isCloseTo(0, within(0.25));
        }
    }

    @Test
    void givesBackAllNativeMemory() throws InterruptedException {
        Config config = Distilled.config(TRAINED, NETWORK);
        int before = open();
        try (DistillationLearner learner = started(config)) {
            rounds(learner, config, 0, 1);
            int afterOne = open();
            rounds(learner, config, 1, 3);
            assertThat(open()).isEqualTo(afterOne);
            assertThat(learner.teacherSamples(50).toCompletableFuture().join().size())
                    .isEqualTo(50);
            assertThat(open()).isEqualTo(afterOne);
        }
        assertThat(open()).isEqualTo(before);
    }

    @Test
    void settingsThatDoNotFitTogetherAreRefusedWithTheirKeys() {
        assertRefused("freshet.distill.data { kind = idx, path = images }", "must be trained", "teacher.kind");
        assertRefused("freshet.distill.data { kind = idx }", "was empty", "freshet.distill.data.path");
        assertRefused(
                TRAINED + "\nfreshet.distill.data { kind = png, path = images }", "must be a network", "student.kind");
        assertRefused(NETWORK + "\nfreshet.distill.student.network.warm-start.kind = teacher", "trained teacher");
        assertRefused("freshet.distill.noise.least = 5", "freshet.distill.noise.least");
        assertRefused("freshet.distill.critic.updates = 0", "freshet.distill.critic.updates");
        assertRefused("freshet.distill.data.mixture { shape = grid, modes = 8 }", "4, 9, 16", "mixture.modes");
        assertRefused("freshet.distill.student.kind = transformer", "must be one of mixture, network");
        assertRefused("freshet.distill.critic.learning-rate = 0", "freshet.distill.critic.learning-rate");
        assertRefused("freshet.distill.student.mixture.at = [1.0]", "two finite coordinates");
        assertRefused("freshet.train.steps = 0", "freshet.train.steps");
    }

    private static void assertRefused(String lines, String... words) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Distilled.settings(lines))
                .satisfies(refusal -> assertThat(refusal.getMessage()).contains(words));
    }

    private static int open() {
        return OpenArrays.count().values().stream().mapToInt(Integer::intValue).sum();
    }

    private static DistillationLearner started(Config config) throws InterruptedException {
        DistillationSettings settings = DistillationSettings.from(config);
        return DistillationLearner.start(settings, data(settings), LearnerState.fresh(prepared(settings)));
    }

    private static List<TensorData> prepared(DistillationSettings settings) throws InterruptedException {
        return Preparation.run(settings, data(settings), (step, steps, loss, samples) -> {});
    }

    private static TrainingData data(DistillationSettings settings) {
        return settings.data().open(settings.seed());
    }

    private static StepReport round(DistillationLearner learner, Config config, long round) {
        return learner.distil(round, FDistill.from(config), StepSettings.from(config))
                .toCompletableFuture()
                .join();
    }

    private static void rounds(DistillationLearner learner, Config config, long first, int count) {
        for (int i = 0; i < count; i++) {
            var unused = round(learner, config, first + i);
        }
    }

    /** All weights. */
    private static List<Float> numbers(DistillationLearner learner) {
        List<Float> numbers = new ArrayList<>();
        try (LearnerSnapshot snapshot = learner.snapshot().toCompletableFuture().join()) {
            for (TensorData tensor : snapshot.weights()) {
                var floats = tensor.bytes().asFloatBuffer();
                while (floats.hasRemaining()) {
                    numbers.add(floats.get());
                }
            }
        }
        return numbers;
    }
}
