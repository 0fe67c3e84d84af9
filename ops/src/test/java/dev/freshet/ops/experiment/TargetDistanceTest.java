package dev.freshet.ops.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.freshet.model.rollout.AdmittedPrompt;
import dev.freshet.model.rollout.FinishReason;
import dev.freshet.model.rollout.LogProbs;
import dev.freshet.model.rollout.Prompt;
import dev.freshet.model.rollout.Rollout;
import dev.freshet.model.rollout.RolloutGroup;
import dev.freshet.model.rollout.TokenVersions;
import dev.freshet.model.rollout.Tokens;
import dev.freshet.model.rollout.VerifiedGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Three outcomes, and samples in which they have just their shares: means over them are expectations. */
class TargetDistanceTest {
    private static final int SAMPLES = 20;
    private static final List<Double> BASE = List.of(0.5, 0.3, 0.2);
    private static final List<Double> POLICY = List.of(0.25, 0.15, 0.6);
    private static final List<Double> REWARD = List.of(0.0, 0.0, 1.0);
    private static final double BETA = 0.5;

    /** Log-probs of rollouts are single precision. */
    private static final double TOLERANCE = 1e-6;

    @Test
    void measuresAreThoseOfTheDistributions() {
        Map<String, Double> measured = distance(POLICY);
        List<Double> target = target();
        double forward = 0;
        double reverse = 0;
        double variation = 0;
        double js = 0;
        double entropy = 0;
        for (int x = 0; x < BASE.size(); x++) {
            double p = target.get(x);
            double pi = POLICY.get(x);
            double mean = (p + pi) / 2;
            forward += p * Math.log(p / pi);
            reverse += pi * Math.log(pi / p);
            variation += Math.abs(p - pi) / 2;
            js += (p * Math.log(p / mean) + pi * Math.log(pi / mean)) / 2;
            entropy -= pi * Math.log(pi);
        }
        assertThat(measured.keySet()).containsExactlyElementsOf(TargetDistance.METRICS);
        assertThat(measured.get("forward_kl")).isCloseTo(forward, within(TOLERANCE));
        assertThat(measured.get("reverse_kl")).isCloseTo(reverse, within(TOLERANCE));
        assertThat(measured.get("tv")).isCloseTo(variation, within(TOLERANCE));
        assertThat(measured.get("js")).isCloseTo(js, within(TOLERANCE));
        assertThat(measured.get("entropy")).isCloseTo(entropy, within(TOLERANCE));
        assertThat(measured.get("alignment")).isCloseTo(0.6, within(TOLERANCE));
        assertThat(measured.get("distinct_in_1000")).isEqualTo(3);
    }

    @Test
    void theBaseItselfIsAsFarAsTheTargetIsTilted() {
        double partition = 0.8 + 0.2 * Math.exp(1 / BETA);
        // KL(a || p) = ln Z - E_a[r] / beta.
        assertThat(distance(BASE).get("reverse_kl")).isCloseTo(Math.log(partition) - 0.2 / BETA, within(TOLERANCE));
    }

    private static List<Double> target() {
        List<Double> weights = IntStream.range(0, BASE.size())
                .mapToObj(x -> BASE.get(x) * Math.exp(REWARD.get(x) / BETA))
                .toList();
        double sum = weights.stream().mapToDouble(Double::doubleValue).sum();
        return weights.stream().map(weight -> weight / sum).toList();
    }

    private static Map<String, Double> distance(List<Double> policy) {
        PolicySample ofBase = sample(BASE);
        TargetDistance distance = new TargetDistance(BETA, ofBase.logProbs(), ofBase.rewards());
        return distance.of(logs(policy, BASE), sample(policy), logs(BASE, policy));
    }

    /** ln of a distribution at each sample of another. */
    private static List<Double> logs(List<Double> of, List<Double> sampled) {
        return outcomes(sampled).stream().map(x -> Math.log(of.get(x))).toList();
    }

    private static List<Integer> outcomes(List<Double> distribution) {
        List<Integer> outcomes = new ArrayList<>();
        for (int x = 0; x < distribution.size(); x++) {
            for (int i = 0; i < Math.round(SAMPLES * distribution.get(x)); i++) {
                outcomes.add(x);
            }
        }
        return outcomes;
    }

    private static PolicySample sample(List<Double> distribution) {
        List<Rollout> rollouts = new ArrayList<>();
        List<Double> rewards = new ArrayList<>();
        for (int x : outcomes(distribution)) {
            LogProbs logProb = LogProbs.of((float) Math.log(distribution.get(x)));
            rollouts.add(new Rollout(Tokens.of(x), FinishReason.LENGTH, logProb, logProb, TokenVersions.of(0)));
            rewards.add(REWARD.get(x));
        }
        AdmittedPrompt prompt = new AdmittedPrompt(0, new Prompt("^", Tokens.of(8), ""), 1);
        return new PolicySample(List.of(new VerifiedGroup(new RolloutGroup(prompt, rollouts), rewards)));
    }
}
