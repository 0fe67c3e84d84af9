package dev.freshet.model.objective;

import static org.assertj.core.api.Assertions.assertThat;
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

/** The family with its divergence in the reward. */
class FoldedPenaltyTest {
    private static final double COEFFICIENT = 0.5;
    private static final String[] FOLDED = {
        "freshet.divergence = reverse-kl", "freshet.divergence-coefficient = 0.5", "freshet.divergence-as = reward"
    };

    private final Rlvr centred = Rlvr.from(Objectives.config(FOLDED), RlvrVariant.DR_GRPO);

    @Test
    void costsAreTakenFromTheAdvantagesTokenByToken() {
        // Log ratios to the reference are 0.2 and 0.4, and -0.3.
        ScoredGroup group = group(
                List.of(1.0, 0.0), LogProbs.of(-1, -1), LogProbs.of(-1), LogProbs.of(-1.2f, -1.4f), LogProbs.of(-0.7f));
        double later = 0.4 + Math.expm1(-0.4);
        List<TokenAdvantages> advantages = advantages(centred, List.of(group));
        assertThat(advantages.get(0).get(0))
                .isCloseTo((float) (0.5 - COEFFICIENT * (0.2 + later + 0.3)), within(1e-6f));
        assertThat(advantages.get(0).get(1)).isCloseTo((float) (0.5 - COEFFICIENT * 0.4), within(1e-6f));
        assertThat(advantages.get(1).get(0))
                .isCloseTo((float) (-0.5 - COEFFICIENT * (-0.3 - 0.2 - later)), within(1e-6f));
    }

    /** REINFORCE++ compares with the whole batch, also where a group has one rollout. */
    @Test
    void thePeersAreThoseOfTheRewards() {
        Rlvr batchwise = Rlvr.from(Objectives.config(FOLDED), RlvrVariant.REINFORCE_PLUS_PLUS);
        ScoredGroup one = group(List.of(1.0), LogProbs.of(-1), LogProbs.of(-1.5f));
        ScoredGroup other = group(List.of(1.0), LogProbs.of(-1), LogProbs.of(-1));
        List<TokenAdvantages> advantages = advantages(batchwise, List.of(one, other));
        assertThat(advantages.get(0).get(0)).isCloseTo((float) (-COEFFICIENT * 0.5), within(1e-6f));
        assertThat(advantages.get(1).get(0)).isCloseTo((float) (COEFFICIENT * 0.5), within(1e-6f));
    }

    @Test
    void theLossHasNoTermOfItsOwnAndTheDivergenceIsReportedStill() {
        Tokenwise batch = Tokenwise.of(List.of(-1.0, -2.0), List.of(-1.0, -2.0))
                .withReference(List.of(-1.5, -1.0))
                .withAdvantage(List.of(0.7, -0.3));
        Tokenwise.Outcome folded = batch.under(centred);
        Rlvr asLoss = centred.withRegularisation(Regularisation.of("reverse-kl", COEFFICIENT));
        Tokenwise.Outcome none = batch.under(Objectives.of(RlvrVariant.DR_GRPO));
        assertThat(folded.loss()).isEqualTo(none.loss());
        assertThat(folded.gradient()).isEqualTo(none.gradient());
        assertThat(folded.divergence()).isEqualTo(batch.under(asLoss).divergence());
        assertThat(folded.divergence()).isPositive();
    }

    @Test
    void aPenaltyInTheRewardTeachesWhereTheRewardsAreEqual() {
        Rlvr refilling = Rlvr.from(Objectives.config(FOLDED), RlvrVariant.DAPO);
        assertThat(refilling.needsRewardVariance()).isFalse();
        assertThat(refilling.needsReference()).isTrue();
    }

    private static List<TokenAdvantages> advantages(Rlvr objective, List<ScoredGroup> batch) {
        try (NDManager owner = NDManager.newBaseManager()) {
            List<LogProbs> behaviour = batch.stream()
                    .flatMap(group -> group.group().rollouts().stream())
                    .map(Rollout::behaviour)
                    .toList();
            return objective.advantages(batch, behaviour, owner);
        }
    }

    /** @param logProbs of the rollouts under the policy, then under the reference */
    private static ScoredGroup group(List<Double> rewards, LogProbs... logProbs) {
        int size = rewards.size();
        List<LogProbs> all = List.of(logProbs);
        List<Rollout> rollouts = all.subList(0, size).stream()
                .map(behaviour -> new Rollout(
                        Tokens.of(new int[behaviour.size()]),
                        FinishReason.STOP,
                        behaviour,
                        behaviour,
                        TokenVersions.of(new long[behaviour.size()])))
                .toList();
        AdmittedPrompt prompt = new AdmittedPrompt(0, new Prompt("", Tokens.of(1), ""), 1);
        VerifiedGroup verified = new VerifiedGroup(new RolloutGroup(prompt, rollouts), rewards);
        return new ScoredGroup(verified, all.subList(size, 2 * size));
    }
}
