package dev.freshet.model.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import dev.freshet.model.rollout.AdmittedPrompt;
import dev.freshet.model.rollout.FinishReason;
import dev.freshet.model.rollout.LogProbs;
import dev.freshet.model.rollout.Prompt;
import dev.freshet.model.rollout.Rollout;
import dev.freshet.model.rollout.RolloutGroup;
import dev.freshet.model.rollout.ScoredGroup;
import dev.freshet.model.rollout.TokenVersions;
import dev.freshet.model.rollout.Tokens;
import dev.freshet.model.rollout.VerifiedGroup;
import java.util.List;
import org.junit.jupiter.api.Test;

class FdpgTest {
    private static final String CONSTRAINT = "freshet.fdpg.target = constraint";

    @Test
    void aRolloutIsOnePointAndItsLogProbsAddUp() {
        Fdpg fdpg = Fdpgs.of("reverse-kl", "freshet.fdpg.beta = 0.5");
        LogProbs policy = LogProbs.of(-1, -0.5f);
        LogProbs other = LogProbs.of(-3);
        ScoredGroup group = group(
                List.of(1.0, 0.0),
                List.of(LogProbs.of(-1.25f, -0.5f), LogProbs.of(-2.5f)),
                List.of(LogProbs.of(-2, -1), LogProbs.of(-2)));
        Credits credits;
        try (NDManager owner = NDManager.newBaseManager()) {
            credits = fdpg.credits(List.of(group), List.of(policy, other), ObjectiveMemory.EMPTY, owner);
        }
        // ln P = ln a + r / beta; Z = mean of P / q.
        double logPartition = Math.log((Math.exp(-3 + 2 + 1.75) + Math.exp(-2 + 2.5)) / 2);
        double first = -(-1.5 - (-3 + 2 - logPartition));
        double second = -(-3 - (-2 - logPartition));
        assertThat((double) credits.advantages().get(0).get(0)).isCloseTo(first, within(1e-6));
        assertThat(credits.advantages())
                .containsExactly(TokenAdvantages.same(first, 2), TokenAdvantages.same(second, 1));
    }

    @Test
    void theBoundOfPseudoRewardsHoldsOnBothSidesAndIsCountedInTokens() {
        Fdpg fdpg = Fdpgs.of("reverse-kl", "freshet.fdpg.pseudo-reward-cap = 2");
        List<FdpgSample> samples = List.of(
                new FdpgSample(0, -1, -1, -1, 0, 5),
                new FdpgSample(0, -9, -1, -1, 0, 3),
                new FdpgSample(0, 7, -1, -1, 0, 2));
        List<Double> rewards = Fdpgs.pseudoRewards(fdpg, samples);
        assertThat(rewards.get(0)).isCloseTo(0, within(1e-12));
        assertThat(rewards.subList(1, 3)).containsExactly(2.0, -2.0);
        assertThat(Fdpgs.credits(fdpg, samples, ObjectiveMemory.EMPTY).capped()).isEqualTo(3 + 2);
    }

    @Test
    void beforeAnythingOfTheTargetWasSeenAllRolloutsArePunishedAlike() {
        Fdpg fdpg = Fdpgs.of("js-gan", CONSTRAINT);
        List<FdpgSample> samples = List.of(new FdpgSample(0, -1, -1, -1, 0, 2), new FdpgSample(0, -4, -3, -1, 0, 1));
        assertThat(Fdpgs.pseudoRewards(fdpg, samples))
                .hasSize(2)
                .allSatisfy(reward -> assertThat(reward).isCloseTo(-Math.log(2), within(1e-12)));
    }

    @Test
    void theWeightOfARolloutIsBoundedAndCounted() {
        Fdpg fdpg = Fdpgs.of("js", "freshet.fdpg.weight-cap = 2");
        Tokenwise batch = Tokenwise.of(List.of(-1.0, -1.0, -2.0), List.of(-1.5, -1.5, -2.0))
                .withLengths(List.of(2, 1))
                .withAdvantage(List.of(0.5, 0.5, -1.0))
                .withWeight(List.of(0.5, 0.5, 0.5));
        Tokenwise.Outcome outcome = batch.under(fdpg);
        // e is above 2; the slope of ln pi is minus weight * pi / q * A.
        assertThat(outcome.gradient().get(0)).isCloseTo(-0.5 * 2 * 0.5, within(1e-6));
        assertThat(outcome.gradient().get(1)).isEqualTo(outcome.gradient().get(0));
        assertThat(outcome.gradient().get(2)).isCloseTo(0.5, within(1e-12));
        assertThat(outcome.capped()).isEqualTo(2);
        assertThat(outcome.divergence()).isZero();
    }

    @Test
    void everyRolloutCountsTheSameHoweverLong() {
        assertThat(Fdpgs.of("js").tokenWeights(new int[] {1, 7, 3, 2})).containsOnly(0.25);
    }

    @Test
    void needsAReferenceAndADivergenceAndTheWholeDistribution() {
        Fdpg fdpg = Fdpgs.of("forward-kl", CONSTRAINT);
        assertThat(fdpg.needsReference()).isTrue();
        assertThat(fdpg.needsRewardVariance()).isFalse();
        assertThatThrownBy(() -> Fdpgs.of("none"))
                .hasMessage("fdpg must have a divergence, of the policy from its target, was none: choose one"
                        + " (freshet.divergence)");
        assertThatThrownBy(() -> fdpg.withRegularisation(Regularisation.of("none", 0)))
                .hasMessageContaining("was none");
        assertThatThrownBy(() -> fdpg.withRegularisation(Regularisation.of("reverse-kl", 0)))
                .hasMessageContaining("divergence reverse-kl gives a rollout that breaks the constraint");
        assertThat(fdpg.withRegularisation(Regularisation.of("tv", 0))
                        .regularisation()
                        .spec())
                .isEqualTo("tv");
        assertThatThrownBy(() -> Fdpgs.of("js", "freshet.generation.top-p = 0.9"))
                .hasMessageContaining("fdpg must sample from the whole distribution")
                .hasMessageContaining("top-k was 0 and top-p 0.9");
    }

    @Test
    void everyInfinitePriceIsRefusedByName() {
        for (String spec :
                List.of("reverse-kl", "softened-reverse-kl", "pearson-chi2", "jeffreys", "alpha:0", "alpha:-1")) {
            assertThatThrownBy(() -> Fdpgs.of(spec, CONSTRAINT))
                    .as(spec)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("f'(Infinity) is finite");
            assertThat(Fdpgs.of(spec).name()).isEqualTo("fdpg");
        }
    }

    private static ScoredGroup group(List<Double> rewards, List<LogProbs> behaviour, List<LogProbs> reference) {
        List<Rollout> rollouts = behaviour.stream()
                .map(logProbs -> new Rollout(
                        Tokens.of(new int[logProbs.size()]),
                        FinishReason.LENGTH,
                        logProbs,
                        logProbs,
                        TokenVersions.of(new long[logProbs.size()])))
                .toList();
        AdmittedPrompt prompt = new AdmittedPrompt(0, new Prompt("", Tokens.of(1), ""), 1);
        return new ScoredGroup(new VerifiedGroup(new RolloutGroup(prompt, rollouts), rewards), reference);
    }
}
