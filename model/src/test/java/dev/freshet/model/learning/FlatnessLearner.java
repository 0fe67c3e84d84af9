package dev.freshet.model.learning;

import dev.freshet.model.dataset.AdmittedExample;
import dev.freshet.model.dataset.DatasetBatch;
import dev.freshet.model.dataset.ExampleKind;
import dev.freshet.model.dataset.ExampleSequence;
import dev.freshet.model.dataset.ScoredExample;
import dev.freshet.model.dataset.TokenisedExample;
import dev.freshet.model.engine.ComputeDevice;
import dev.freshet.model.objective.PolicyObjective;
import dev.freshet.model.objective.Regularisation;
import dev.freshet.model.objective.Sft;
import dev.freshet.model.objective.SftSettings;
import dev.freshet.model.rollout.ScoredGroup;
import dev.freshet.model.safetensors.TensorData;
import dev.freshet.model.weights.WeightRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** A learner of the toy decoder by plain descent, which learns from rollouts or from demonstrations. */
final class FlatnessLearner implements AutoCloseable {
    private static final int EXAMPLES = 5;

    private final WeightRegistry registry = new WeightRegistry(Toy.CONFIG, ComputeDevice.CPU);
    private final DecoderLearner learner;
    private final StepSettings step;

    private FlatnessLearner(LearnerSnapshot state, LearnerSettings settings) throws InterruptedException {
        this.step = settings.step();
        this.learner = DecoderLearner.start(Toy.CONFIG, settings, state, registry);
    }

    /** @param lines over those of {@link ToyLearner#DESCENT} */
    static FlatnessLearner start(LearnerSnapshot state, String... lines) throws InterruptedException {
        String[] all =
                Stream.concat(ToyLearner.DESCENT.stream(), Stream.of(lines)).toArray(String[]::new);
        return new FlatnessLearner(state, Toy.settings(all));
    }

    static FlatnessLearner start(List<TensorData> weights, String... lines) throws InterruptedException {
        return start(LearnerState.fresh(weights), lines);
    }

    StepReport learn(List<ScoredGroup> groups, PolicyObjective objective) {
        return learner.learn(groups, objective, step).toCompletableFuture().join();
    }

    /** One step on all examples, by maximum likelihood. */
    StepReport learnEpoch(long epoch) {
        return learner.learn(demonstrations(epoch), sft(), step)
                .toCompletableFuture()
                .join();
    }

    LearnerState state() {
        return (LearnerState) learner.snapshot().toCompletableFuture().join();
    }

    double[] weights() {
        return Toy.values(state().weights());
    }

    private static Sft sft() {
        return new Sft(SftSettings.from(Toy.config()), Regularisation.of("none", 0.1));
    }

    /** The same examples in every epoch, in another order. */
    private static DatasetBatch demonstrations(long epoch) {
        List<ScoredExample> examples = new ArrayList<>();
        for (int place = 0; place < EXAMPLES; place++) {
            long id = (place + epoch) % EXAMPLES;
            SplittableRandom random = new SplittableRandom(id);
            ExampleSequence sequence = new ExampleSequence(
                    Toy.tokens(1 + random.nextInt(4), random), Toy.tokens(1 + random.nextInt(5), random));
            AdmittedExample admitted = new AdmittedExample(epoch * EXAMPLES + place, epoch, id);
            examples.add(ScoredExample.withoutReference(
                    new TokenisedExample(admitted, ExampleKind.DEMONSTRATION, List.of(sequence))));
        }
        return new DatasetBatch(examples);
    }

    @Override
    public void close() {
        learner.close();
        registry.close();
    }
}
