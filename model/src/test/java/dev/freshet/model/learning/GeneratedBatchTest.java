package dev.freshet.model.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.freshet.model.engine.ComputeDevice;
import dev.freshet.model.generation.DecoderGenerator;
import dev.freshet.model.generation.GenerationSettings;
import dev.freshet.model.generation.OnNewVersion;
import dev.freshet.model.generation.SamplingSettings;
import dev.freshet.model.objective.RlvrVariant;
import dev.freshet.model.rollout.AdmittedPrompt;
import dev.freshet.model.rollout.Prompt;
import dev.freshet.model.rollout.RolloutGroup;
import dev.freshet.model.rollout.ScoredGroup;
import dev.freshet.model.rollout.VerifiedGroup;
import dev.freshet.model.transformer.MatrixFlavour;
import dev.freshet.model.weights.WeightRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** A generator and a learner of one version, both as a run has them by default: packed rows here, a cache and chunks there. */
class GeneratedBatchTest {
    private static final int STOP = 3;

    @Test
    void theLearnersOwnPassGivesEachTokenTheLogProbThatItsGeneratorRecorded() throws Exception {
        try (WeightRegistry registry = new WeightRegistry(Toy.CONFIG, ComputeDevice.CPU);
                DecoderLearner learner = DecoderLearner.start(
                        Toy.CONFIG,
                        Toy.settings(
                                "freshet.train { mini-batches = 1, matrix-flavour = fp32, learning-rate = 1e-12 }"),
                        LearnerState.fresh(Toy.weights(1)),
                        registry)) {
            List<ScoredGroup> batch = generated(registry);

            StepReport report = learn(learner, batch, 1e-4);

            assertThat(report.trainedTokens()).isGreaterThan(200);
            assertThat(report.clampedLogRatios())
                    .as("share of tokens that are more than 1e-4 apart")
                    .isZero();
            assertThat(report.meanRatio()).isCloseTo(1, within(1e-5));
            assertThat(learn(learner, batch, 1e-9).clampedLogRatios())
                    .as("two ways to compute the same round differently, and that is seen")
                    .isPositive();
        }
    }

    private static StepReport learn(DecoderLearner learner, List<ScoredGroup> batch, double clamp) {
        return learner.learn(
                        batch,
                        Toy.rlvr(
                                RlvrVariant.GRPO,
                                "freshet.divergence = none",
                                "freshet.rlvr.advantage = centred",
                                "freshet.rlvr.log-ratio-clamp = " + clamp))
                .toCompletableFuture()
                .join();
    }

    private static List<ScoredGroup> generated(WeightRegistry registry) {
        GenerationSettings settings = new GenerationSettings(
                1,
                Toy.GROUP_SIZE,
                16,
                3,
                1,
                ComputeDevice.CPU,
                MatrixFlavour.FP32_PACKED,
                OnNewVersion.KEEP,
                new SamplingSettings(Toy.TEMPERATURE, 0, 1, 8));
        SplittableRandom random = new SplittableRandom(7);
        try (DecoderGenerator generator =
                DecoderGenerator.start("generator", Toy.CONFIG, settings, Set.of(STOP), 5, registry)) {
            List<CompletionStage<RolloutGroup>> asked = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                Prompt prompt = new Prompt("toy", Toy.tokens(1 + random.nextInt(7), random), "");
                asked.add(generator.generate(new AdmittedPrompt(i, prompt, Toy.TEMPERATURE)));
            }
            return asked.stream()
                    .map(stage -> stage.toCompletableFuture().join())
                    .map(group -> ScoredGroup.withoutReference(new VerifiedGroup(group, List.of(1.0, 0.0, 0.0, 1.0))))
                    .toList();
        }
    }
}
