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
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.safetensors.TensorData;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DistillationLearnerTest {
    private static final String NETWORK = "freshet.distill.student { kind = network, learning-rate = 1e-3 }";
    private static final String TRAINED = "freshet.distill.teacher.kind = trained";

    @Test
    void aStepMakesAVersionAndTellsWhatItDid() throws InterruptedException {
        Config config = Distilled.config("freshet.distill.adversarial-weight = 0.1");
        try (DistillationLearner learner = started(config)) {
            DistillationReport first = step(learner, config);
            assertThat(first.version()).isEqualTo(new PolicyVersion(1));
            assertThat(first.divergence()).isEqualTo("reverse-kl");
            assertThat(first.criticUpdates()).isEqualTo(5);
            assertThat(first.samples()).isEqualTo(6 * 32);
            assertThat(first.examples()).isEqualTo(5 * 32);
            assertThat(first.skippedUpdates()).isZero();
            assertThat(first.loss()).isPositive();
            assertThat(first.adversarialLoss()).isPositive();
            assertThat(first.gradientNorm()).isPositive();
            assertThat(first.learningRate()).isEqualTo(0.02);
            assertThat(first.discriminatorAccuracy()).isBetween(0.0, 1.0);
            // Reverse KL weighs all alike.
            assertThat(first.effectiveSampleSize()).isCloseTo(1, within(1e-6));
            DistillationReport second = step(learner, config);
            assertThat(second.version()).isEqualTo(new PolicyVersion(2));
            assertThat(second.criticUpdates()).isEqualTo(2);
            assertThat(second.examples()).isEqualTo(7 * 32);
            assertThat(second.learningRate()).isLessThan(0.02);
            assertThat(learner.version()).isEqualTo(new PolicyVersion(2));
        }
    }

    @Test
    void divergencesWeighDifferentlyFromTheVeryNextStep() throws InterruptedException {
        Config config = Distilled.config();
        try (DistillationLearner learner = started(config)) {
            assertThat(step(learner, config).effectiveSampleSize()).isCloseTo(1, within(1e-6));
            DistillationReport switched = step(learner, Distilled.config("freshet.divergence = neyman-chi2"));
            assertThat(switched.divergence()).isEqualTo("neyman-chi2");
            assertThat(switched.effectiveSampleSize()).isLessThan(0.9999);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", NETWORK, TRAINED + "\n" + NETWORK})
    void aRunThatGoesOnFromASnapshotEndsWhereTheOtherDoes(String lines) throws InterruptedException {
        Config config = Distilled.config(lines);
        List<Float> whole;
        LearnerSnapshot half;
        try (DistillationLearner learner = started(config)) {
            steps(learner, config, 3);
            half = learner.snapshot().toCompletableFuture().join();
            steps(learner, config, 3);
            whole = numbers(learner);
        }
        DistillationSettings settings = DistillationSettings.from(config);
        try (DistillationLearner resumed = DistillationLearner.start(settings, data(settings), half, 10)) {
            assertThat(resumed.version()).isEqualTo(new PolicyVersion(3));
            steps(resumed, config, 3);
            assertThat(numbers(resumed)).isEqualTo(whole);
        }
    }

    @Test
    void goesBackInWeightsAndOnInVersions() throws InterruptedException {
        Config config = Distilled.config();
        try (DistillationLearner learner = started(config)) {
            steps(learner, config, 2);
            LearnerState two = (LearnerState) learner.snapshot().toCompletableFuture().join();
            List<Float> then = numbers(learner);
            steps(learner, config, 2);
            assertThat(numbers(learner)).isNotEqualTo(then);
            learner.restore(two.as(new PolicyVersion(5))).toCompletableFuture().join();
            assertThat(numbers(learner)).isEqualTo(then);
            assertThat(learner.version()).isEqualTo(new PolicyVersion(5));
            DistillationReport next = step(learner, config);
            assertThat(next.version()).isEqualTo(new PolicyVersion(6));
            // The data goes on from where it was.
            assertThat(next.examples()).isEqualTo((3 + 2 * 4 + 2) * 32L);
        }
    }

    @Test
    void aStateOfOtherNetworksIsRefusedAndChangesNothing() throws InterruptedException {
        Config config = Distilled.config();
        Config other = Distilled.config("freshet.distill.critic.widths = [8]");
        List<TensorData> others = prepared(DistillationSettings.from(other));
        try (DistillationLearner learner = started(config)) {
            steps(learner, config, 1);
            List<Float> before = numbers(learner);
            assertThatThrownBy(() ->
                            learner.restore(LearnerState.fresh(others).as(new PolicyVersion(2)))
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
            DistillationReport report = step(learner, config);
            assertThat(report.skippedUpdates()).isPositive();
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
            steps(learner, config, 300);
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
            steps(learner, config, 1);
            int afterOne = open();
            steps(learner, config, 3);
            assertThat(open()).isEqualTo(afterOne);
            assertThat(learner.teacherSamples(50).toCompletableFuture().join().size()).isEqualTo(50);
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
        assertRefused("freshet.distill.student.learning-rate = 0", "freshet.distill.student.learning-rate");
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
        return DistillationLearner.start(
                settings, data(settings), LearnerState.fresh(prepared(settings)), 10);
    }

    private static List<TensorData> prepared(DistillationSettings settings) throws InterruptedException {
        return Preparation.run(settings, data(settings), (step, steps, loss, samples) -> {});
    }

    private static TrainingData data(DistillationSettings settings) {
        return settings.data().open(settings.seed());
    }

    private static DistillationReport step(DistillationLearner learner, Config config) {
        return learner.learn(DistillationStep.from(config)).toCompletableFuture().join();
    }

    private static void steps(DistillationLearner learner, Config config, int count) {
        for (int i = 0; i < count; i++) {
            var unused = step(learner, config);
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
