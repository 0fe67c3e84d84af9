package dev.freshet.model.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.freshet.model.engine.ComputeDevice;
import dev.freshet.model.objective.Fdpg;
import dev.freshet.model.objective.PolicyObjective;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.rollout.ScoredGroup;
import dev.freshet.model.safetensors.TensorData;
import dev.freshet.model.weights.WeightRegistry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** f-DPG in a learner: whole batches, micro-batches, and what it remembers. */
class FdpgLearnerTest {
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        Collections.reverse(open);
        for (AutoCloseable resource : open) {
            resource.close();
        }
    }

    @Test
    void theUpdateDoesNotDependOnTheCutIntoMicroBatches() throws Exception {
        List<TensorData> start = Toy.weights(1);
        List<ScoredGroup> batch = Toy.batch(6, 2);
        double[] whole = ToyLearner.gradient(start, batch, fdpg("js-gan"));
        double[] cut = ToyLearner.gradient(start, batch, fdpg("js-gan"), "freshet.train.micro-batch-tokens = 20");
        for (int i = 0; i < whole.length; i++) {
            // Both are differences of float32 weights of order 1.
            assertThat(cut[i]).isCloseTo(whole[i], within(1e-6));
        }
        assertThat(Arrays.stream(whole).map(Math::abs).max().orElseThrow()).isGreaterThan(1e-3);
    }

    @Test
    void aLearnerThatStartsFromASnapshotGoesOnBitForBit() throws Exception {
        DecoderLearner uninterrupted = learner(LearnerState.fresh(Toy.weights(1)));
        learn(uninterrupted, 2, fdpg("js"));
        LearnerState between = state(uninterrupted);
        assertThat(between.optimizer())
                .extracting(TensorData::name)
                .contains("objective.fdpg.partition", "objective.fdpg.window");
        DecoderLearner resumed = learner(between);
        learn(uninterrupted, 3, fdpg("js"));
        learn(resumed, 3, fdpg("js"));
        assertThat(state(resumed)).isEqualTo(state(uninterrupted));

        LearnerState forgotten = new LearnerState(
                between.version(),
                between.step(),
                between.optimizerSteps(),
                between.weights(),
                between.optimizer().stream()
                        .filter(tensor -> !tensor.name().startsWith("objective."))
                        .toList());
        DecoderLearner forgetful = learner(forgotten);
        learn(forgetful, 3, fdpg("js"));
        assertThat(state(forgetful).weights())
                .as("without what it remembers, it does otherwise")
                .isNotEqualTo(state(resumed).weights());
    }

    @Test
    void aRollbackTakesUpWhatWasRememberedThere() throws Exception {
        DecoderLearner learner = learner(LearnerState.fresh(Toy.weights(1)));
        learn(learner, 2, fdpg("js"));
        LearnerState back = state(learner);
        learn(learner, 3, fdpg("js"));
        List<TensorData> there = objectives(state(learner));
        learner.restore(back.as(new PolicyVersion(3))).toCompletableFuture().join();
        assertThat(objectives(state(learner))).isEqualTo(objectives(back));
        learn(learner, 3, fdpg("js"));
        assertThat(objectives(state(learner))).isEqualTo(there);
    }

    @Test
    void isRememberedWhileAnotherObjectiveIsInForce() throws Exception {
        DecoderLearner learner = learner(LearnerState.fresh(Toy.weights(1)));
        learn(learner, 2, fdpg("js"));
        List<TensorData> before = objectives(state(learner));
        StepReport other = learn(learner, 3, Toy.grpo("js"));
        assertThat(other.objective()).isEqualTo("grpo");
        assertThat(objectives(state(learner))).isEqualTo(before).isNotEmpty();
        assertThat(learn(learner, 4, fdpg("js")).objective()).isEqualTo("fdpg");
        assertThat(objectives(state(learner))).isNotEqualTo(before);
    }

    @Test
    void reportsTheDivergenceFromTheTargetPerToken() throws Exception {
        DecoderLearner learner = learner(LearnerState.fresh(Toy.weights(1)));
        StepReport step = learn(learner, 2, fdpg("reverse-kl"));
        assertThat(step.divergence()).isEqualTo("reverse-kl");
        assertThat(step.divergenceValue()).isFinite().isPositive();
        assertThat(step.skippedMiniBatches()).isZero();
        assertThat(step.cappedWeights()).isBetween(0.0, 1.0);
    }

    @Test
    void offlineGeneratorsStayOnTheProposalAndAResumedLearnerKeepsIt() throws Exception {
        Fdpg offline = fdpg("js", "freshet.fdpg { proposal = offline, proposal-interval = 1000 }");
        List<TensorData> start = Toy.weights(1);
        WeightRegistry registry = registry();
        DecoderLearner learner = learner(LearnerState.fresh(start), registry);
        learn(learner, 2, offline);
        learn(learner, 3, offline);
        try (WeightRegistry.Lease policy = registry.leaseNewest();
                WeightRegistry.Lease proposal = registry.proposals().leaseNewest()) {
            assertThat(proposal.version()).isEqualTo(policy.version()).isEqualTo(new PolicyVersion(2));
            assertThat(policy.weights()).isNotSameAs(proposal.weights());
        }
        assertThat(registry.proposal()).contains(start);

        WeightRegistry other = registry();
        DecoderLearner resumed = learner(state(learner), other);
        assertThat(other.proposal()).contains(start);
        assertThat(state(resumed)).isEqualTo(state(learner));
        resumed.restore(state(learner).as(new PolicyVersion(3)))
                .toCompletableFuture()
                .join();
        assertThat(other.proposal()).contains(start);

        learn(resumed, 4, Toy.grpo("js"));
        assertThat(other.proposal())
                .as("another objective learns from its own samples")
                .isEmpty();
    }

    private static Fdpg fdpg(String divergence, String... lines) {
        List<String> all = new ArrayList<>(List.of(lines));
        all.add("freshet.divergence = " + divergence);
        all.add("freshet.fdpg.beta = 0.5");
        return Fdpg.from(Toy.config(all.toArray(new String[0])));
    }

    private static List<TensorData> objectives(LearnerState state) {
        return state.optimizer().stream()
                .filter(tensor -> tensor.name().startsWith("objective."))
                .toList();
    }

    private DecoderLearner learner(LearnerState state) throws InterruptedException {
        return learner(state, registry());
    }

    private WeightRegistry registry() {
        WeightRegistry registry = new WeightRegistry(Toy.CONFIG, ComputeDevice.CPU);
        open.add(registry);
        return registry;
    }

    private DecoderLearner learner(LearnerState state, WeightRegistry registry) throws InterruptedException {
        DecoderLearner learner = DecoderLearner.start(Toy.CONFIG, Toy.settings(), state, registry);
        open.add(learner);
        return learner;
    }

    private static StepReport learn(DecoderLearner learner, long seed, PolicyObjective objective) {
        return learner.learn(Toy.batch(6, seed), objective)
                .toCompletableFuture()
                .join();
    }

    private static LearnerState state(DecoderLearner learner) {
        return (LearnerState) learner.snapshot().toCompletableFuture().join();
    }
}
