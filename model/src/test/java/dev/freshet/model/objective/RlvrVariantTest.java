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
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is each method's own, in closed form and by difference quotients. */
class RlvrVariantTest {
    private static final List<Double> BEHAVIOUR = List.of(-1.0, -0.7, -2.0, -0.3, -1.4, -0.9);
    private static final List<Double> POLICY = List.of(-0.9, -0.75, -1.7, -0.35, -1.2, -1.05);
    private static final List<Integer> LENGTHS = List.of(3, 1, 2);
    private static final List<Double> ADVANTAGE = List.of(1.2, 1.2, 1.2, -0.8, 0.5, 0.5);

    static Stream<RlvrVariant> differentiable() {
        return RlvrVariant.ALL.stream().filter(variant -> variant.surrogate() == Surrogate.CLIP);
    }

    @ParameterizedTest
    @MethodSource("differentiable")
    void gradientIsTheDifferenceQuotient(RlvrVariant variant) {
        // Wide enough that one token of the batch is clipped and none is at a kink; all are beyond GSPO's own range.
        Rlvr objective = Objectives.of(variant, "freshet.rlvr { clip-low = 0.3, clip-high = 0.3 }");
        Tokenwise batch = weighted(objective);
        List<Double> gradient = batch.under(objective).gradient();
        double step = 1e-6;
        for (int token = 0; token < POLICY.size(); token++) {
            double above = batch.moved(token, step).under(objective).loss();
            double below = batch.moved(token, -step).under(objective).loss();
            // Central differences of a smooth piece: error of order step^2, rounding of order 1e-16 / step.
            assertThat((above - below) / (2 * step)).isCloseTo(gradient.get(token), within(1e-8));
        }
        assertThat(gradient).filteredOn(slope -> slope != 0).hasSizeGreaterThanOrEqualTo(POLICY.size() - 1);
    }

    @Test
    void gspoGivesAllTokensOfARolloutTheGeometricMeanOfTheirRatios() {
        Rlvr gspo = Objectives.of(RlvrVariant.GSPO, "freshet.rlvr { clip-low = 0.3, clip-high = 0.3 }");
        double loss = 0;
        int token = 0;
        for (int length : LENGTHS) {
            double logRatio = 0;
            for (int i = token; i < token + length; i++) {
                logRatio += POLICY.get(i) - BEHAVIOUR.get(i);
            }
            loss -= ADVANTAGE.get(token) * Math.exp(logRatio / length) / LENGTHS.size();
            token += length;
        }
        assertThat(weighted(gspo).under(gspo).loss()).isCloseTo(loss, within(1e-12));
    }

    @Test
    void gspoClipsARolloutAsAWhole() {
        Rlvr gspo = Objectives.of(RlvrVariant.GSPO);
        Tokenwise.Outcome outcome = weighted(gspo).under(gspo);
        // The means of the log ratios are 0.117, -0.05 and 0.025: all further than 4e-4 where their advantages want
        // them.
        assertThat(outcome.gradient()).containsOnly(0.0);
        assertThat(outcome.clippedHigh()).isEqualTo(5);
        assertThat(outcome.clippedLow()).isEqualTo(1);
    }

    @Test
    void cispoBoundsAWeightAndKeepsItsGradient() {
        Rlvr cispo = Objectives.of(RlvrVariant.CISPO);
        List<Double> policy = List.of(-1.0, -1.0);
        Tokenwise batch = Tokenwise.of(policy, List.of(-4.0, -0.5)).withAdvantage(List.of(0.7, -0.4));
        Tokenwise.Outcome outcome = batch.under(cispo);
        assertThat(outcome.gradient().get(0)).isCloseTo(-0.7 * 5, within(1e-12));
        assertThat(outcome.gradient().get(1)).isCloseTo(0.4 * Math.exp(-0.5), within(1e-12));
        assertThat(outcome.loss()).isCloseTo(0.7 * 5 - 0.4 * Math.exp(-0.5), within(1e-12));
        assertThat(outcome.clippedHigh()).isEqualTo(1);
        assertThat(outcome.clippedLow()).isZero();
    }

    /** Surrogates of all methods have one gradient at the policy that sampled: that of the expected reward. */
    @ParameterizedTest
    @MethodSource("all")
    void onPolicyEveryMethodIsThePolicyGradient(RlvrVariant variant) {
        Rlvr objective = Objectives.of(variant);
        Tokenwise onPolicy = Tokenwise.of(POLICY, POLICY).withLengths(LENGTHS).withAdvantage(ADVANTAGE);
        List<Double> gradient = onPolicy.under(objective).gradient();
        for (int token = 0; token < POLICY.size(); token++) {
            assertThat(gradient.get(token)).isCloseTo(-ADVANTAGE.get(token), within(1e-12));
        }
    }

    static Stream<RlvrVariant> all() {
        return RlvrVariant.ALL.stream();
    }

    @Test
    void dapoPunishesACompletionNearTheLongestInItsAdvantageAlone() {
        String longest = "freshet.generation.max-completion-length = 10";
        ScoredGroup group = group(List.of(1.0, 1.0), 4, 10);
        Rlvr dapo = Objectives.of(RlvrVariant.DAPO, longest, "freshet.rlvr.advantage = centred");
        // A fifth of 10 tokens: nothing up to 8, half of it at 9 and a stop.
        assertThat(advantages(dapo, List.of(group)))
                .containsExactly(TokenAdvantages.same(0.25, 4), TokenAdvantages.same(-0.25, 10));
        assertThat(group.verified().rewards()).containsExactly(1.0, 1.0);
        Rlvr grpo = Objectives.of(RlvrVariant.GRPO, longest);
        assertThat(advantages(grpo, List.of(group)))
                .containsExactly(TokenAdvantages.same(0, 4), TokenAdvantages.same(0, 10));
    }

    @Test
    void advantagesStandInTheOrderOfGroupsAndRollouts() {
        Rlvr centred = Objectives.of(RlvrVariant.DR_GRPO);
        List<ScoredGroup> batch = List.of(group(List.of(1.0, 0.0), 1, 2), group(List.of(0.0, 4.0), 3, 1));
        assertThat(advantages(centred, batch))
                .containsExactly(
                        TokenAdvantages.same(0.5, 1),
                        TokenAdvantages.same(-0.5, 2),
                        TokenAdvantages.same(-2, 3),
                        TokenAdvantages.same(2, 1));
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

    private static Tokenwise weighted(Rlvr objective) {
        int[] lengths = LENGTHS.stream().mapToInt(Integer::intValue).toArray();
        List<Double> weights = IntStream.range(0, lengths.length)
                .mapToObj(i -> objective.tokenWeights(lengths)[i])
                .toList();
        return Tokenwise.of(POLICY, BEHAVIOUR)
                .withLengths(LENGTHS)
                .withAdvantage(ADVANTAGE)
                .withWeight(RlvrVectors.perToken(weights, lengths));
    }

    private static ScoredGroup group(List<Double> rewards, int... lengths) {
        List<Rollout> rollouts = IntStream.of(lengths)
                .mapToObj(length -> new Rollout(
                        Tokens.of(new int[length]),
                        FinishReason.STOP,
                        LogProbs.of(new float[length]),
                        LogProbs.of(new float[length]),
                        TokenVersions.of(new long[length])))
                .toList();
        AdmittedPrompt prompt = new AdmittedPrompt(0, new Prompt("", Tokens.of(1), ""), 1);
        return ScoredGroup.withoutReference(new VerifiedGroup(new RolloutGroup(prompt, rollouts), rewards));
    }
}
