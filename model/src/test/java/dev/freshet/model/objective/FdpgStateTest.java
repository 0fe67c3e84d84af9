package dev.freshet.model.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.freshet.model.rollout.AdmittedPrompt;
import dev.freshet.model.rollout.FinishReason;
import dev.freshet.model.rollout.LogProbs;
import dev.freshet.model.rollout.Prompt;
import dev.freshet.model.rollout.Rollout;
import dev.freshet.model.rollout.RolloutGroup;
import dev.freshet.model.rollout.TokenVersions;
import dev.freshet.model.rollout.Tokens;
import dev.freshet.model.safetensors.TensorData;
import dev.freshet.model.safetensors.TensorData.ElementType;
import dev.freshet.model.weights.Proposal;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

/** What f-DPG remembers from batch to batch. */
class FdpgStateTest {
    private static final String MOMENTS = "freshet.fdpg { target = moments, moments { reward = 0.6, samples = 100 } }";

    private final Fdpg fdpg = Fdpgs.of("js", "freshet.fdpg.baseline-window = 50");

    @Test
    void zIsTheMeanOverAllSamplesOfAContextSoFar() {
        ObjectiveMemory memory = ObjectiveMemory.EMPTY;
        memory = Fdpgs.credits(fdpg, List.of(of(7, 2), of(7, 4), of(8, 100)), memory)
                .memory();
        memory = Fdpgs.credits(fdpg, List.of(of(7, 9)), memory).memory();
        assertThat(partition(memory, 7)).isCloseTo((2 + 4 + 9) / 3.0, within(1e-12));
        assertThat(partition(memory, 8)).isCloseTo(100, within(1e-10));
    }

    @Test
    void ofTooManyContextsThoseSeenLastAreRemembered() {
        Fdpg small = Fdpgs.of("js", "freshet.fdpg.max-contexts = 2");
        ObjectiveMemory memory = ObjectiveMemory.EMPTY;
        memory = Fdpgs.credits(small, List.of(of(1, 2), of(2, 4), of(1, 4)), memory)
                .memory();
        Credits three = Fdpgs.credits(small, List.of(of(3, 6)), memory);
        assertThat(partition(three.memory(), 1)).isCloseTo(3, within(1e-12));
        assertThat(partition(three.memory(), 2)).isZero();
        assertThat(partition(three.memory(), 3)).isCloseTo(6, within(1e-12));
    }

    @Test
    void theBaselineIsTheMeanOfTheNewestPseudoRewardsOfEarlierBatches() {
        List<FdpgSample> first = samples(30, 1);
        List<FdpgSample> second = samples(30, 2);
        List<FdpgSample> third = samples(30, 3);
        Credits one = Fdpgs.credits(fdpg, first, ObjectiveMemory.EMPTY);
        Credits two = Fdpgs.credits(fdpg, second, one.memory());
        Credits three = Fdpgs.credits(fdpg, third, two.memory());
        List<Double> window = FdpgState.of(two.memory(), fdpg).window().values();
        assertThat(window).hasSize(50);
        List<Double> newest = FdpgState.of(three.memory(), fdpg).window().values();
        double baseline = mean(window);
        // Of the third batch's own, the last of the newest.
        double own = newest.get(49);
        assertThat((double) three.advantages().get(29).get(0)).isCloseTo(own - baseline, within(1e-6));
    }

    @Test
    void fromItsTensorsItGoesOnBitForBit() {
        Fdpg moments = Fdpgs.of("js", MOMENTS);
        for (Fdpg each : List.of(fdpg, moments)) {
            ObjectiveMemory uninterrupted = ObjectiveMemory.EMPTY;
            ObjectiveMemory resumed = ObjectiveMemory.EMPTY;
            for (int batch = 0; batch < 5; batch++) {
                uninterrupted =
                        Fdpgs.credits(each, samples(30, batch), uninterrupted).memory();
                resumed = Fdpgs.credits(each, samples(30, batch), ObjectiveMemory.of(resumed.toTensors()))
                        .memory();
            }
            assertThat(resumed).isEqualTo(uninterrupted);
            assertThat(resumed.toTensors()).isEqualTo(uninterrupted.toTensors());
        }
    }

    @Test
    void anotherTargetBeginsAnewAndAnotherDivergenceKeepsZ() {
        ObjectiveMemory memory =
                Fdpgs.credits(fdpg, samples(40, 1), ObjectiveMemory.EMPTY).memory();
        Fdpg otherDivergence = fdpg.withRegularisation(Regularisation.of("tv", 0));
        FdpgState kept = FdpgState.of(memory, otherDivergence);
        assertThat(kept.window().values()).isEmpty();
        FdpgSample sample = of(0, 1);
        assertThat(kept.logNormalisedTarget(sample))
                .isEqualTo(FdpgState.of(memory, fdpg).logNormalisedTarget(sample))
                .isFinite();

        FdpgState anew = FdpgState.of(memory, Fdpgs.of("js", "freshet.fdpg { baseline-window = 50, beta = 0.2 }"));
        assertThat(anew.window().values()).isEmpty();
        assertThat(anew.logNormalisedTarget(sample)).isEqualTo(Double.POSITIVE_INFINITY);
    }

    @Test
    void aCoefficientThatIsControlledChangesNothing() {
        ObjectiveMemory memory =
                Fdpgs.credits(fdpg, samples(40, 1), ObjectiveMemory.EMPTY).memory();
        Fdpg other = fdpg.withRegularisation(Regularisation.of("js", 0.7));
        assertThat(FdpgState.of(memory, other).window().values()).hasSize(40);
    }

    @Test
    void lambdaIsFittedOnTheFirstSamplesAndThenStays() {
        Fdpg moments = Fdpgs.of("js", MOMENTS);
        ObjectiveMemory memory = ObjectiveMemory.EMPTY;
        List<FdpgSample> seen = new ArrayList<>();
        List<Double> lambda = List.of();
        for (int batch = 0; batch < 4; batch++) {
            List<FdpgSample> samples = samples(30, batch);
            seen.addAll(samples);
            memory = Fdpgs.credits(moments, samples, memory).memory();
            lambda = FdpgState.of(memory, moments).lambda();
            assertThat(meanUnder(lambda, seen)).as("batch %s", batch).isCloseTo(0.6, within(1e-4));
        }
        memory = Fdpgs.credits(moments, samples(30, 99), memory).memory();
        assertThat(FdpgState.of(memory, moments).lambda()).isEqualTo(lambda);
        // Z of the fitted target is of all samples since lambda is what it is.
        assertThat(FdpgState.of(memory, moments).logNormalisedTarget(of(0, 1))).isFinite();
    }

    @Test
    void aFeatureThatIsEverTheSameIsNotFitted() {
        Fdpg moments = Fdpgs.of("js", MOMENTS);
        List<FdpgSample> wrong = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            wrong.add(new FdpgSample(0, -1, -1, -1, 0, 2));
        }
        ObjectiveMemory memory =
                Fdpgs.credits(moments, wrong, ObjectiveMemory.EMPTY).memory();
        assertThat(FdpgState.of(memory, moments).lambda()).containsExactly(0.0);
        memory = Fdpgs.credits(moments, samples(100, 5), memory).memory();
        assertThat(FdpgState.of(memory, moments).lambda().get(0)).isPositive();
    }

    @Test
    void aKeptProposalGivesWayToAPolicyThatIsNearerToTheTarget() {
        Fdpg offline = Fdpgs.of("js", "freshet.fdpg { proposal = offline, proposal-interval = 2 }");
        // Of two outcomes, of which the target has one of probability 0.9: the policy leans to it, or away.
        List<FdpgSample> nearer = List.of(sample(0.5, 0.8, 0.9), sample(0.5, 0.2, 0.1));
        List<FdpgSample> farther = List.of(sample(0.5, 0.3, 0.9), sample(0.5, 0.7, 0.1));
        Credits first = Fdpgs.credits(offline, nearer, ObjectiveMemory.EMPTY);
        assertThat(first.proposal()).as("not due").isEqualTo(Proposal.KEPT);
        assertThat(Fdpgs.credits(offline, nearer, first.memory()).proposal()).isEqualTo(Proposal.RENEWED);
        assertThat(Fdpgs.credits(offline, farther, first.memory()).proposal()).isEqualTo(Proposal.KEPT);
        assertThat(Fdpgs.credits(fdpg, nearer, first.memory()).proposal()).isEqualTo(Proposal.NEWEST);
    }

    private static FdpgSample sample(double proposal, double policy, double target) {
        return new FdpgSample(0, Math.log(policy), Math.log(proposal), Math.log(target), 0, 1);
    }

    @Test
    void othersNumbersAreLeftAlone() {
        ObjectiveMemory others = ObjectiveMemory.EMPTY.with(Map.of("other.cursor", List.of(3.0)));
        ObjectiveMemory after = Fdpgs.credits(fdpg, samples(5, 1), others).memory();
        assertThat(after.numbers("other.cursor")).contains(List.of(3.0));
        assertThat(ObjectiveMemory.of(after.toTensors())).isEqualTo(after).isNotEqualTo(others);
    }

    @Test
    void onlyRowsOfDoublesAreRead() {
        TensorData foreign =
                new TensorData("objective.fdpg.window", ElementType.F32, List.of(1L), ByteBuffer.allocate(Float.BYTES));
        assertThatThrownBy(() -> ObjectiveMemory.of(List.of(foreign)))
                .hasMessage("tensor objective.fdpg.window must be F64 and a row, was F32 of shape [1]");
        TensorData ofTheOptimizer =
                new TensorData("step.weight", ElementType.F32, List.of(), ByteBuffer.allocate(Float.BYTES));
        assertThat(ObjectiveMemory.of(List.of(ofTheOptimizer))).isEqualTo(ObjectiveMemory.EMPTY);
    }

    @Test
    void contextsArePromptsWithTheirTemperatureOrTheRun() {
        assertThat(FdpgContext.PROMPT.of(group(1, 1, 2))).isEqualTo(FdpgContext.PROMPT.of(group(1, 1, 2)));
        assertThat(List.of(
                        FdpgContext.PROMPT.of(group(1, 1, 2)),
                        FdpgContext.PROMPT.of(group(1, 2, 1)),
                        FdpgContext.PROMPT.of(group(1, 1)),
                        FdpgContext.PROMPT.of(group(0.9, 1, 2))))
                .doesNotHaveDuplicates()
                .allSatisfy(context -> assertThat((long) (double) context).isEqualTo(context));
        assertThat(FdpgContext.RUN.of(group(1, 1, 2))).isEqualTo(FdpgContext.RUN.of(group(1, 3)));
        assertThat(FdpgContext.RUN.of(group(1, 1))).isNotEqualTo(FdpgContext.RUN.of(group(0.9, 1)));
    }

    private static RolloutGroup group(double temperature, int... prompt) {
        Rollout rollout =
                new Rollout(Tokens.of(1), FinishReason.STOP, LogProbs.of(0), LogProbs.of(0), TokenVersions.of(0));
        AdmittedPrompt admitted = new AdmittedPrompt(0, new Prompt("", Tokens.of(prompt), ""), temperature);
        return new RolloutGroup(admitted, List.of(rollout));
    }

    /** A sample that was drawn with probability 1 / ratio times its target's; its reward is 0. */
    private static FdpgSample of(long context, double ratio) {
        return new FdpgSample(context, -2, -1 - Math.log(ratio), -1, 0, 1);
    }

    /** Random ones of one context, of which a quarter have a reward. */
    private static List<FdpgSample> samples(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<FdpgSample> samples = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            double proposal = -3 - random.nextDouble();
            samples.add(new FdpgSample(
                    0,
                    proposal + 0.1 * random.nextDouble(),
                    proposal,
                    proposal - 0.2 * random.nextDouble(),
                    i % 4 == 0 ? 1 : 0,
                    2));
        }
        return samples;
    }

    private double partition(ObjectiveMemory memory, long context) {
        FdpgState state = FdpgState.of(memory, fdpg);
        FdpgSample sample = of(context, 1);
        return Math.exp(state.logTarget(sample) - state.logNormalisedTarget(sample));
    }

    /** Self-normalised, of the reward. */
    private static double meanUnder(List<Double> lambda, List<FdpgSample> samples) {
        double[] weights = samples.stream()
                .mapToDouble(sample ->
                        Math.exp(sample.logReference() - sample.logProposal() + lambda.get(0) * sample.reward()))
                .toArray();
        double rewarded = 0;
        for (int i = 0; i < weights.length; i++) {
            rewarded += weights[i] * samples.get(i).reward();
        }
        return rewarded / DoubleStream.of(weights).sum();
    }

    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    }
}
