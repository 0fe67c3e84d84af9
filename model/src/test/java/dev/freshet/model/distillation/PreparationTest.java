package dev.freshet.model.distillation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.model.learning.LearnerState;
import dev.freshet.model.safetensors.TensorData;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PreparationTest {
    private static final String NETWORK = "freshet.distill.student.kind = network";
    private static final String TRAINED = "freshet.distill.teacher.kind = trained";

    @Test
    void anExactTeacherAndAMixtureStudentNeedNone() throws InterruptedException {
        List<Long> steps = new ArrayList<>();
        List<TensorData> weights = run(Distilled.settings(), steps);
        assertThat(steps).isEmpty();
        assertThat(weights)
                .extracting(TensorData::name)
                .contains(
                        "student.means", "student.log_deviation", "fake.layers.0.weight", "discriminator.layers.1.bias")
                .noneMatch(name -> name.startsWith("teacher."));
    }

    @Test
    void teacherAndStudentLearnOneAfterTheOtherAndTheFakeScoreBeginsAsTheTeachers() throws InterruptedException {
        DistillationSettings settings = Distilled.settings(
                TRAINED, NETWORK, "freshet.distill.student.network.warm-start { kind = teacher, pairs = 64 }");
        List<Long> steps = new ArrayList<>();
        List<TensorData> weights = run(settings, steps);
        assertThat(steps).hasSize(40).isSorted().first().isEqualTo(1L);
        assertThat(bytes("teacher.layers.0.weight", weights)).isEqualTo(bytes("fake.layers.0.weight", weights));
    }

    @Test
    void aTeacherThatIsTaughtHasLearntTheData() throws InterruptedException {
        DistillationSettings settings = Distilled.settings(
                TRAINED,
                "freshet.distill { batch = 128, score.widths = [32, 32], teacher { steps = 600, learning-rate = 3e-3 } }",
                "freshet.distill.data.mixture { modes = 2, size = 2.0 }",
                "freshet.distill.scaling { data-deviation = 1.4, input-variance = 2.0 }");
        TrainingData data = settings.data().open(settings.seed());
        List<TensorData> weights = run(settings, new ArrayList<>());
        try (DistillationLearner learner = DistillationLearner.start(settings, data, LearnerState.fresh(weights))) {
            FidelitySettings fidelity = FidelitySettings.from(Distilled.config());
            Map<String, Double> measures = new StudentFidelity(fidelity, data)
                    .of(learner.teacherSamples(1000).toCompletableFuture().join());
            // Half of what normal latents of the largest noise, where the flow begins, would have by chance is in
            // neither mode.
            assertThat(measures.get("precision")).isGreaterThan(0.6);
            assertThat(measures.get("modes")).isEqualTo(2);
        }
    }

    @Test
    void aLearningRateThatIsTooLargeIsNamed() {
        DistillationSettings settings =
                Distilled.settings(TRAINED, "freshet.distill.teacher { learning-rate = 1e30, steps = 50 }");
        assertThatThrownBy(() -> run(settings, new ArrayList<>()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("the teacher must be finite")
                .hasMessageContaining("freshet.distill.teacher.learning-rate");
    }

    private static byte[] bytes(String name, List<TensorData> tensors) {
        TensorData tensor = tensors.stream()
                .filter(candidate -> candidate.name().equals(name))
                .findFirst()
                .orElseThrow();
        byte[] bytes = new byte[tensor.bytes().remaining()];
        tensor.bytes().get(bytes);
        return bytes;
    }

    private static List<TensorData> run(DistillationSettings settings, List<Long> steps) throws InterruptedException {
        return Preparation.run(
                settings, settings.data().open(settings.seed()), (step, all, loss, samples) -> steps.add(step));
    }
}
