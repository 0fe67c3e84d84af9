package dev.freshet.model.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.freshet.model.diffusion.DiffusionProgram.Weights;
import dev.freshet.model.diffusion.Draws.Purpose;
import dev.freshet.model.engine.ArrayKind;
import dev.freshet.model.engine.ComputeDevice;
import dev.freshet.model.engine.EngineThread;
import dev.freshet.model.learning.Gradients;
import dev.freshet.model.safetensors.TensorData;
import dev.freshet.model.transformer.DecoderProgram.AdamW;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** The program against the same formulas in double precision. */
class DiffusionProgramTest {
    private static final NoiseScaling SCALING = new NoiseScaling(2, 8, List.of(1.0, 3.0));
    private static final Perceptron SCORE = new Perceptron(SCALING.inputs(2), List.of(5, 4), 2);
    private static final List<TensorData> WEIGHTS = SCORE.initialise(Draws.of(1, Purpose.INITIAL_WEIGHTS, 0));
    private static final float[] POINTS = {0.5f, -1, 3, 2, -4, 0.25f};
    private static final float[] LEVELS = {0.1f, 1, 3};

    /** Single precision through a few sums of a few terms. */
    private static final double CLOSE = 1e-5;

    /** What a test has at hand. */
    private record Scope(DiffusionProgram program, NDManager owner) {
        NDArray points() {
            return owner.create(POINTS, new Shape(3, 2));
        }

        NDArray levels() {
            return owner.create(LEVELS);
        }
    }

    @Test
    void denoisesByTheFormulaOfTheScaling() throws InterruptedException {
        float[] estimates = inScope(scope -> with(
                WEIGHTS,
                score -> scope.program()
                        .denoise(scope.points(), scope.levels(), score, Weights.TRAINED)
                        .toFloatArray()));
        for (int i = 0; i < LEVELS.length; i++) {
            double sigma = LEVELS[i];
            double[] f = perceptron(inputs(POINTS[2 * i], POINTS[2 * i + 1], sigma));
            double total = sigma * sigma + 4;
            for (int j = 0; j < 2; j++) {
                double expected = 4 / total * POINTS[2 * i + j] + 2 * sigma / Math.sqrt(total) * f[j];
                assertThat((double) estimates[2 * i + j]).isCloseTo(expected, within(CLOSE));
            }
        }
    }

    @Test
    void denoisesAMixtureByItsPosteriorMean() throws InterruptedException {
        double[][] means = {{4, 0}, {0, 4}, {-4, 0}};
        double deviation = 0.35;
        float[] estimates = inScope(scope -> scope.program()
                .denoiseMixture(
                        scope.points(),
                        scope.levels(),
                        scope.owner().create(new float[] {4, 0, 0, 4, -4, 0}, new Shape(3, 2)),
                        scope.owner().create(new float[] {(float) deviation}))
                .toFloatArray());
        for (int i = 0; i < LEVELS.length; i++) {
            double noise = LEVELS[i] * LEVELS[i];
            double total = noise + deviation * deviation;
            double[] weighted = new double[2];
            double sum = 0;
            for (double[] mean : means) {
                double x = POINTS[2 * i] - mean[0];
                double y = POINTS[2 * i + 1] - mean[1];
                double weight = Math.exp(-(x * x + y * y) / (2 * total) + 10); // The same factor for all.
                sum += weight;
                weighted[0] += weight * (mean[0] + deviation * deviation / total * x);
                weighted[1] += weight * (mean[1] + deviation * deviation / total * y);
            }
            for (int j = 0; j < 2; j++) {
                assertThat((double) estimates[2 * i + j]).isCloseTo(weighted[j] / sum, within(1e-4));
            }
        }
    }

    @Test
    void gradientsReachTrainedParametersAndDataAndNoFrozenOnes() throws InterruptedException {
        boolean allSeen = inScope(scope -> with(WEIGHTS, score -> {
            NDArray points = scope.points();
            points.setRequiresGradient(true);
            Gradients.accumulate(scope.program()
                    .denoise(points, scope.levels(), score, Weights.FROZEN)
                    .sum());
            boolean noneFrozen =
                    score.trained().stream().allMatch(parameter -> JniUtils.getGradient((PtNDArray) parameter) == null);
            boolean data = points.getGradient().abs().sum().getFloat() > 0;
            Gradients.accumulate(scope.program()
                    .denoise(scope.points(), scope.levels(), score, Weights.TRAINED)
                    .sum());
            boolean trained = score.trained().stream()
                    .allMatch(parameter -> parameter.getGradient().abs().sum().getFloat() > 0);
            return noneFrozen && data && trained;
        }));
        assertThat(allSeen).isTrue();
    }

    @Test
    void gradientsOfParametersAreThoseOfFiniteDifferences() throws InterruptedException {
        List<Float> gradients = inScope(scope -> with(WEIGHTS, score -> {
            Gradients.accumulate(loss(scope, score));
            List<Float> all = new ArrayList<>();
            score.trained().forEach(parameter -> all.add(parameter.getGradient().toFloatArray()[0]));
            return all;
        }));
        float h = 1e-2f;
        for (int i = 0; i < WEIGHTS.size(); i++) {
            double above = lossWithFirst(i, h);
            double below = lossWithFirst(i, -h);
            // Rounding of a loss of order 10 over h, and h^2 times the third derivative.
            assertThat((double) gradients.get(i))
                    .as(WEIGHTS.get(i).name())
                    .isCloseTo((above - below) / (2 * h), within(2e-3));
        }
    }

    private static NDArray loss(Scope scope, TrainableParameters score) {
        NDArray estimates = scope.program().denoise(scope.points(), scope.levels(), score, Weights.TRAINED);
        return estimates.sub(scope.points()).square().mean();
    }

    private static double lossWithFirst(int tensor, float shift) throws InterruptedException {
        List<TensorData> shifted = new ArrayList<>(WEIGHTS);
        float[] values = HostTensors.floatsOf(WEIGHTS.get(tensor));
        values[0] += shift;
        shifted.set(
                tensor,
                HostTensors.floats(
                        WEIGHTS.get(tensor).name(), WEIGHTS.get(tensor).shape(), values));
        return inScope(scope ->
                with(shifted, score -> (double) loss(scope, score).getFloat()));
    }

    @Test
    void updatesFollowAdamAndAreSeenByTheFrozenView() throws InterruptedException {
        AdamW adam = new AdamW(0, 0.99, 1e-8, 0, 1e6);
        List<TensorData> after = inScope(scope -> with(WEIGHTS, score -> {
            Gradients.accumulate(loss(scope, score));
            double norm = score.update(scope.program(), 0.01, adam);
            assertThat(norm).isPositive();
            assertThat(score.trained().get(0).toFloatArray())
                    .isEqualTo(score.frozen().get(0).toFloatArray());
            // The gradients were zeroed: an update without any would leave all as it is, but for the moments.
            assertThat(score.trained().get(0).getGradient().abs().sum().getFloat())
                    .isZero();
            return score.toTensors();
        }));
        for (int i = 0; i < WEIGHTS.size(); i++) {
            float[] before = HostTensors.floatsOf(WEIGHTS.get(i));
            float[] now = HostTensors.floatsOf(after.get(i));
            for (int j = 0; j < now.length; j++) {
                // The first step of Adam is the learning rate times the gradient's sign.
                assertThat(Math.abs(now[j] - before[j])).isCloseTo(0.01f, within(1e-4f));
            }
        }
    }

    @Test
    void stateSurvivesACopyToTheHost() throws InterruptedException {
        AdamW adam = new AdamW(0.5, 0.99, 1e-8, 0, 1e6);
        boolean same = inScope(scope -> with(WEIGHTS, score -> {
            Gradients.accumulate(loss(scope, score));
            var unused = score.update(scope.program(), 0.01, adam);
            try (TrainableParameters copy =
                    TrainableParameters.of(ComputeDevice.CPU, score.toTensors(), score.optimizer())) {
                Gradients.accumulate(loss(scope, score));
                Gradients.accumulate(loss(scope, copy));
                var first = score.update(scope.program(), 0.01, adam);
                var second = copy.update(scope.program(), 0.01, adam);
                return first == second
                        && Arrays.equals(
                                score.trained().get(2).toFloatArray(),
                                copy.trained().get(2).toFloatArray());
            }
        }));
        assertThat(same).isTrue();
    }

    @Test
    void refusesAnOptimizersStateOfOtherParameters() throws InterruptedException {
        List<TensorData> others =
                inScope(scope -> with(WEIGHTS, TrainableParameters::optimizer)).subList(0, 2);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> inScope(scope -> {
                    TrainableParameters.of(ComputeDevice.CPU, WEIGHTS, others).close();
                    return 0;
                }))
                .withMessageContaining("must have a tensor");
    }

    /** With a network whose estimate is 0 at any noise, the flow is x' = x / sigma, which Heun's method follows exactly. */
    @Test
    void samplesByTheProbabilityFlow() throws InterruptedException {
        NoiseScaling small = new NoiseScaling(1e-6, 8, List.of(1.0));
        Perceptron zero = new Perceptron(small.inputs(2), List.of(3), 2);
        List<TensorData> weights = zero.initialise(Draws.of(1, Purpose.INITIAL_WEIGHTS, 0));
        float[] samples = inProgram(
                small,
                scope -> with(
                        weights,
                        score -> scope.program()
                                .sample(scope.points(), scope.owner().create(new float[] {3, 1, 0.1f}), score)
                                .toFloatArray()));
        for (float sample : samples) {
            assertThat(sample).isCloseTo(0, within(1e-4f));
        }
    }

    @Test
    void aMixtureStudentMovesAndScalesItsLatents() throws InterruptedException {
        List<TensorData> mixture = List.of(
                HostTensors.floats("means", List.of(2L, 2L), new float[] {1, 2, 30, 40}),
                HostTensors.floats("log_deviation", List.of(1L), new float[] {(float) Math.log(0.5)}));
        float[] samples = inScope(scope -> with(
                mixture,
                student -> scope.program()
                        .mixture(scope.points(), scope.owner().create(new long[] {0, 1, 1}), student, Weights.TRAINED)
                        .toFloatArray()));
        assertThat(samples).containsExactly(new float[] {1.25f, 1.5f, 31.5f, 41, 28, 40.125f}, within(1e-5f));
    }

    private static double[] inputs(double x, double y, double sigma) {
        double scale = 1 / Math.sqrt(sigma * sigma + 8);
        double level = Math.log(sigma);
        return new double[] {x * scale, y * scale, 3 * x * scale, 3 * y * scale, level, Math.sin(level), Math.cos(level)
        };
    }

    private static double[] perceptron(double[] inputs) {
        double[] hidden = inputs;
        for (int layer = 0; 2 * layer < WEIGHTS.size(); layer++) {
            float[] matrix = HostTensors.floatsOf(WEIGHTS.get(2 * layer));
            float[] bias = HostTensors.floatsOf(WEIGHTS.get(2 * layer + 1));
            double[] next = new double[bias.length];
            for (int row = 0; row < next.length; row++) {
                next[row] = bias[row];
                for (int column = 0; column < hidden.length; column++) {
                    next[row] += matrix[row * hidden.length + column] * hidden[column];
                }
                boolean last = 2 * layer + 2 == WEIGHTS.size();
                next[row] = last ? next[row] : next[row] / (1 + Math.exp(-next[row]));
            }
            hidden = next;
        }
        return hidden;
    }

    private static <T> T with(List<TensorData> weights, Function<TrainableParameters, T> use) {
        try (TrainableParameters parameters = TrainableParameters.of(ComputeDevice.CPU, weights, List.of())) {
            return use.apply(parameters);
        }
    }

    private static <T> T inScope(Function<Scope, T> use) throws InterruptedException {
        return inProgram(SCALING, use);
    }

    private static <T> T inProgram(NoiseScaling scaling, Function<Scope, T> use) throws InterruptedException {
        try (EngineThread thread = EngineThread.start("diffusion-test", 1)) {
            return thread.call(() -> {
                JniUtils.setGradMode(true);
                try (DiffusionProgram program = DiffusionProgram.load(scaling, ComputeDevice.CPU);
                        NDManager owner = ComputeDevice.CPU.newManager(ArrayKind.OTHER)) {
                    return use.apply(new Scope(program, owner));
                }
            });
        }
    }
}
