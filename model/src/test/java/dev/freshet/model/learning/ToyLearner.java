package dev.freshet.model.learning;

import dev.freshet.model.dataset.DatasetBatch;
import dev.freshet.model.engine.ComputeDevice;
import dev.freshet.model.objective.DatasetObjective;
import dev.freshet.model.objective.PolicyObjective;
import dev.freshet.model.rollout.LearningBatch;
import dev.freshet.model.rollout.ScoredGroup;
import dev.freshet.model.safetensors.TensorData;
import dev.freshet.model.weights.WeightRegistry;
import java.util.ArrayList;
import java.util.List;

/** A learner of the toy decoder with a registry of its own. */
final class ToyLearner implements AutoCloseable {
    /**
     * AdamW as plain gradient descent of rate 1: without memory its step is rate * g / (|g| + epsilon), and here epsilon is
     * the rate, far above any |g|.
     */
    static final List<String> DESCENT = List.of(
            "freshet.train.mini-batches = 1",
            "freshet.train.learning-rate = 1e6",
            "freshet.train.learning-rate-warm-up-steps = 0",
            "freshet.train.adam { beta1 = 0, beta2 = 0, epsilon = 1e6, weight-decay = 0 }",
            "freshet.train.max-gradient-norm = 1e6");

    private final WeightRegistry registry = new WeightRegistry(Toy.CONFIG, ComputeDevice.CPU);
    private final DecoderLearner learner;
    private final StepSettings step;

    private ToyLearner(List<TensorData> weights, ReferenceWeights reference, LearnerSettings settings)
            throws InterruptedException {
        this.step = settings.step();
        this.learner = DecoderLearner.start(
                Toy.CONFIG, settings, LearnerState.fresh(weights), registry, StepMonitor.NOBODY, reference);
    }

    static ToyLearner start(List<TensorData> weights, String... lines) throws InterruptedException {
        return new ToyLearner(weights, ReferenceWeights.NONE, Toy.settings(lines));
    }

    /** One that has a reference's weights. */
    static ToyLearner startAgainst(List<TensorData> weights, List<TensorData> reference, String... lines)
            throws InterruptedException {
        return new ToyLearner(weights, () -> reference, Toy.settings(lines));
    }

    StepReport learn(List<ScoredGroup> groups, PolicyObjective objective) {
        return learn(LearningBatch.of(groups), objective);
    }

    StepReport learn(LearningBatch batch, PolicyObjective objective) {
        return learner.learn(batch, objective, step).toCompletableFuture().join();
    }

    StepReport learn(DatasetBatch batch, DatasetObjective objective) {
        return learner.learn(batch, objective, step).toCompletableFuture().join();
    }

    double[] weights() {
        return Toy.values(learner.snapshot().toCompletableFuture().join().weights());
    }

    /** The gradient of an objective's whole loss, read off a step of plain descent. */
    static double[] gradient(
            List<TensorData> weights, List<ScoredGroup> groups, PolicyObjective objective, String... lines)
            throws InterruptedException {
        return gradient(weights, LearningBatch.of(groups), objective, lines);
    }

    /** The same, of a batch with rehearsal. */
    static double[] gradient(List<TensorData> weights, LearningBatch batch, PolicyObjective objective, String... lines)
            throws InterruptedException {
        try (ToyLearner learner = start(weights, descent(lines))) {
            return learner.gradient(weights, batch, objective);
        }
    }

    /** As {@link #gradient}, of a learner that has a reference's weights. */
    static double[] gradientAgainst(
            List<TensorData> weights,
            List<TensorData> reference,
            List<ScoredGroup> batch,
            PolicyObjective objective,
            String... lines)
            throws InterruptedException {
        try (ToyLearner learner = startAgainst(weights, reference, descent(lines))) {
            return learner.gradient(weights, LearningBatch.of(batch), objective);
        }
    }

    /** As {@link #gradient}, of examples of a dataset. */
    static double[] gradient(List<TensorData> weights, DatasetBatch batch, DatasetObjective objective, String... lines)
            throws InterruptedException {
        try (ToyLearner learner = start(weights, descent(lines))) {
            var unused = learner.learn(batch, objective);
            double[] before = Toy.values(weights);
            double[] after = learner.weights();
            double[] gradient = new double[before.length];
            for (int i = 0; i < gradient.length; i++) {
                gradient[i] = before[i] - after[i];
            }
            return gradient;
        }
    }

    private static String[] descent(String... lines) {
        List<String> all = new ArrayList<>(DESCENT);
        all.addAll(List.of(lines));
        return all.toArray(new String[0]);
    }

    private double[] gradient(List<TensorData> weights, LearningBatch batch, PolicyObjective objective) {
        learn(batch, objective);
        double[] before = Toy.values(weights);
        double[] after = weights();
        double[] gradient = new double[before.length];
        for (int i = 0; i < gradient.length; i++) {
            gradient[i] = before[i] - after[i];
        }
        return gradient;
    }

    @Override
    public void close() {
        learner.close();
        registry.close();
    }
}
