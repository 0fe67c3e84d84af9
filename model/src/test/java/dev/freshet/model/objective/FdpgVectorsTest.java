package dev.freshet.model.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.DataType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freshet.model.divergence.Closeness;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * f-DPG on a softmax policy over four outcomes, each a rollout of one token: against numbers that were computed outside this code. Of
 * twenty samples of the proposal the outcomes have just their shares, so that a mean over them is an expectation.
 */
class FdpgVectorsTest {
    private static final JsonNode VECTORS = read();
    private static final JsonNode SAMPLED = VECTORS.get("sampled");
    private static final List<Double> POLICY = numbers(VECTORS.get("pi"));
    private static final List<Double> PROPOSAL = numbers(VECTORS.get("proposal"));
    private static final int OUTCOMES = 4;
    private static final int SAMPLES = 20;

    private static final String UNCAPPED = "freshet.fdpg { pseudo-reward-cap = off, weight-cap = 100, beta = 1 }";
    private static final String CONSTRAINT = UNCAPPED + "\nfreshet.fdpg.target = constraint";

    /** Our names of the vectors' divergences. */
    private static final Map<String, String> SPECS = new TreeMap<>(Map.ofEntries(
            Map.entry("REVERSE_KL", "reverse-kl"),
            Map.entry("FORWARD_KL", "forward-kl"),
            Map.entry("JS_GAN", "js-gan"),
            Map.entry("JS_TRUE", "js"),
            Map.entry("TOTAL_VARIATION", "tv"),
            Map.entry("PEARSON_CHI2", "pearson-chi2"),
            Map.entry("NEYMAN_CHI2", "neyman-chi2"),
            Map.entry("SQUARED_HELLINGER", "squared-hellinger"),
            Map.entry("JEFFREYS", "jeffreys"),
            Map.entry("SOFTENED_REVERSE_KL", "softened-reverse-kl"),
            Map.entry("SOFTENED_FORWARD_KL", "softened-forward-kl"),
            Map.entry("ALPHA_0.2", "alpha:0.2"),
            Map.entry("ALPHA_0.5", "alpha:0.5"),
            Map.entry("ALPHA_0.8", "alpha:0.8")));

    static List<String> divergences() {
        return List.copyOf(SPECS.keySet());
    }

    static List<String> sampledDivergences() {
        List<String> names = new ArrayList<>();
        SAMPLED.get("results").fieldNames().forEachRemaining(names::add);
        return names;
    }

    @Test
    void thePolicyIsASoftmaxAndAllDivergencesAreThere() {
        List<Double> theta = numbers(VECTORS.get("theta"));
        double sum = theta.stream().mapToDouble(Math::exp).sum();
        for (int x = 0; x < OUTCOMES; x++) {
            Closeness.DOUBLE.check("pi", Math.exp(theta.get(x)) / sum, POLICY.get(x));
        }
        assertThat(VECTORS.get("exact").fieldNames()).toIterable().containsExactlyInAnyOrderElementsOf(divergences());
        assertThat(sampledDivergences())
                .containsExactlyInAnyOrder(
                        "FORWARD_KL", "REVERSE_KL", "JS_GAN", "TOTAL_VARIATION", "PEARSON_CHI2", "NEYMAN_CHI2");
    }

    @ParameterizedTest
    @MethodSource("divergences")
    void expectedGradientIsThatOfTheDivergence(String name) {
        JsonNode exact = VECTORS.get("exact").get(name);
        Fdpg fdpg = Fdpgs.of(spec(name), UNCAPPED);
        List<Double> target = numbers(VECTORS.get("target"));
        double partition = SAMPLED.get("Z_true").doubleValue();
        // With rewards of 0 the target is the reference, here one that does not add up to 1.
        List<FdpgSample> samples = samples(x -> sample(x, Math.log(partition * target.get(x)), 0));
        List<Double> rewards = Fdpgs.pseudoRewards(fdpg, samples);
        for (int i = 0; i < SAMPLES; i++) {
            double expected = numbers(exact.get("pseudo_reward")).get(outcomes().get(i));
            Closeness.DOUBLE.check("pseudo-reward of " + name, rewards.get(i), expected);
        }
        List<Double> gradient = numbers(exact.get("grad_theta"));
        check(Closeness.DOUBLE, gradient(fdpg, outcomes(), rewards, DataType.FLOAT64), gradient);
        check(Closeness.FLOAT, gradient(fdpg, outcomes(), rewards, DataType.FLOAT32), gradient);
        Credits credits = Fdpgs.credits(fdpg, samples, ObjectiveMemory.EMPTY);
        Closeness.DOUBLE.check(
                "D",
                credits.divergence().orElseThrow() / SAMPLES,
                exact.get("D").doubleValue());
        assertThat(credits.capped()).isZero();
    }

    @ParameterizedTest
    @MethodSource("divergences")
    void aTargetWithoutSomeOutcomesIsForDivergencesWithAFinitePrice(String name) {
        JsonNode exact = VECTORS.get("exact_zero_target").get(name);
        if (exact.get("grad_theta").isNull()) {
            assertThatThrownBy(() -> Fdpgs.of(spec(name), CONSTRAINT))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "divergence " + spec(name) + " gives a rollout that breaks the constraint a pseudo-reward"
                                    + " of -Infinity: choose one whose f'(Infinity) is finite, such as forward-kl, js or tv"
                                    + " (freshet.divergence), or the target tilted (freshet.fdpg.target)");
            return;
        }
        Fdpg fdpg = Fdpgs.of(spec(name), CONSTRAINT);
        List<Double> target = numbers(VECTORS.get("target_with_zero"));
        // What the reference says of the outcome that the constraint rules out does not matter.
        List<FdpgSample> samples = samples(
                x -> target.get(x) == 0 ? sample(x, Math.log(0.3), 0) : sample(x, Math.log(1.7 * target.get(x)), 1));
        List<Double> rewards = Fdpgs.pseudoRewards(fdpg, samples);
        List<Double> gradient = numbers(exact.get("grad_theta"));
        check(Closeness.DOUBLE, gradient(fdpg, outcomes(), rewards, DataType.FLOAT64), gradient);
        check(Closeness.FLOAT, gradient(fdpg, outcomes(), rewards, DataType.FLOAT32), gradient);
        Credits credits = Fdpgs.credits(fdpg, samples, ObjectiveMemory.EMPTY);
        Closeness.DOUBLE.check(
                "D",
                credits.divergence().orElseThrow() / SAMPLES,
                exact.get("D").doubleValue());
    }

    @ParameterizedTest
    @MethodSource("sampledDivergences")
    void twoBatchesShareTheirEstimateOfZAndTheSecondHasABaseline(String name) {
        JsonNode results = SAMPLED.get("results").get(name);
        List<Double> target = numbers(SAMPLED.get("unnormalised_target"));
        Fdpg fdpg = Fdpgs.of(spec(name), UNCAPPED);
        ObjectiveMemory memory = ObjectiveMemory.EMPTY;
        List<Double> all = new ArrayList<>();
        List<String> batches = List.of("batch1", "batch2");
        for (int number = 0; number < batches.size(); number++) {
            JsonNode expected = results.get(number);
            List<Integer> batch = new ArrayList<>();
            SAMPLED.get(batches.get(number)).forEach(outcome -> batch.add(outcome.intValue()));
            List<FdpgSample> samples = batch.stream()
                    .map(x -> sample(x, Math.log(target.get(x)), 0))
                    .toList();
            double baseline = FdpgState.of(memory, fdpg).window().baseline();
            Closeness.DOUBLE.check(
                    "baseline", baseline, expected.get("baseline").doubleValue());
            Credits credits = Fdpgs.credits(fdpg, samples, memory);
            memory = credits.memory();

            FdpgState after = FdpgState.of(memory, fdpg);
            double logPartition = after.logTarget(samples.get(0)) - after.logNormalisedTarget(samples.get(0));
            Closeness.DOUBLE.check(
                    "Z", Math.exp(logPartition), expected.get("Z_hat").doubleValue());
            all.addAll(numbers(expected.get("pseudo_reward")));
            check(Closeness.DOUBLE, after.window().values(), all);
            List<Double> advantages = numbers(expected.get("advantage"));
            for (int i = 0; i < batch.size(); i++) {
                double advantage = credits.advantages().get(i).get(0);
                Closeness.FLOAT.check("advantage", advantage, advantages.get(i));
                FdpgSample sample = samples.get(i);
                Closeness.DOUBLE.check(
                        "log_t",
                        sample.logPolicy() - after.logNormalisedTarget(sample),
                        numbers(expected.get("log_t")).get(i));
                Closeness.DOUBLE.check(
                        "importance_ratio",
                        Math.exp(sample.logPolicy() - sample.logProposal()),
                        numbers(expected.get("importance_ratio")).get(i));
            }
            List<Double> gradient = numbers(expected.get("grad_theta"));
            check(Closeness.DOUBLE, gradient(fdpg, batch, advantages, DataType.FLOAT64), gradient);
            check(Closeness.FLOAT, gradient(fdpg, batch, advantages, DataType.FLOAT32), gradient);
            double loss = batch(fdpg, batch, advantages).under(fdpg).loss();
            Closeness.DOUBLE.check("loss", loss, expected.get("loss").doubleValue());
        }
    }

    @Test
    void underReverseKlTheTiltedTargetIsRewardWithAPenalty() {
        JsonNode rlhf = VECTORS.get("rlhf_equivalence");
        double beta = rlhf.get("beta").doubleValue();
        List<Double> base = numbers(rlhf.get("base"));
        List<Double> reward = numbers(rlhf.get("reward"));
        Fdpg fdpg = Fdpgs.of("reverse-kl", UNCAPPED, "freshet.fdpg.beta = " + beta);
        List<FdpgSample> samples = samples(x -> sample(x, Math.log(base.get(x)), reward.get(x)));
        ObjectiveMemory memory =
                Fdpgs.credits(fdpg, samples, ObjectiveMemory.EMPTY).memory();
        FdpgState state = FdpgState.of(memory, fdpg);
        for (int i = 0; i < SAMPLES; i++) {
            double probability = Math.exp(state.logNormalisedTarget(samples.get(i)));
            Closeness.DOUBLE.check(
                    "p", probability, numbers(rlhf.get("target")).get(outcomes().get(i)));
        }
        List<Double> gradient = gradient(fdpg, outcomes(), state.window().values(), DataType.FLOAT64);
        check(Closeness.DOUBLE, gradient, numbers(rlhf.get("grad_D")));
        List<Double> ofTheReward = gradient.stream().map(slope -> -beta * slope).toList();
        check(Closeness.DOUBLE, ofTheReward, numbers(rlhf.get("grad_J")));
    }

    /** alpha-DPG's reward lacks our factor 1 / alpha, and its alpha is one minus ours. */
    @Test
    void alphaDpgsCappedRewardsAreOursTimesAlpha() {
        for (JsonNode entry : VECTORS.get("alpha_dpg")) {
            double alpha = entry.get("equals_canonical_alpha").doubleValue();
            String cap = "freshet.fdpg.pseudo-reward-cap = " + 10 / alpha;
            List<Double> logRatios = numbers(entry.get("log_t"));
            // P = q, so that Z = 1.
            List<FdpgSample> samples = logRatios.stream()
                    .map(logRatio -> new FdpgSample(0, logRatio, 0, 0, 0, 1))
                    .toList();
            List<Double> uncapped = Fdpgs.pseudoRewards(Fdpgs.of("alpha:" + alpha, UNCAPPED), samples);
            List<Double> capped = Fdpgs.pseudoRewards(Fdpgs.of("alpha:" + alpha, UNCAPPED, cap), samples);
            check(Closeness.DOUBLE, times(uncapped, alpha), numbers(entry.get("reward")));
            check(Closeness.DOUBLE, times(capped, alpha), numbers(entry.get("clipped")));
        }
    }

    private static List<Double> times(List<Double> numbers, double factor) {
        return numbers.stream().map(number -> number * factor).toList();
    }

    private interface Outcome {
        FdpgSample sample(int outcome);
    }

    private static FdpgSample sample(int outcome, double logReference, double reward) {
        return new FdpgSample(
                0, Math.log(POLICY.get(outcome)), Math.log(PROPOSAL.get(outcome)), logReference, reward, 1);
    }

    private static List<FdpgSample> samples(Outcome of) {
        return outcomes().stream().map(of::sample).toList();
    }

    /** Of twenty samples. */
    private static List<Integer> outcomes() {
        List<Integer> outcomes = new ArrayList<>();
        for (int x = 0; x < OUTCOMES; x++) {
            outcomes.addAll(Collections.nCopies((int) Math.round(SAMPLES * PROPOSAL.get(x)), x));
        }
        return outcomes;
    }

    private static Tokenwise batch(Fdpg fdpg, List<Integer> outcomes, List<Double> advantages) {
        List<Double> policy =
                outcomes.stream().map(x -> Math.log(POLICY.get(x))).toList();
        List<Double> proposal =
                outcomes.stream().map(x -> Math.log(PROPOSAL.get(x))).toList();
        int[] lengths = Collections.nCopies(outcomes.size(), 1).stream()
                .mapToInt(Integer::intValue)
                .toArray();
        List<Double> weights = new ArrayList<>();
        for (double weight : fdpg.tokenWeights(lengths)) {
            weights.add(weight);
        }
        return Tokenwise.of(policy, proposal).withAdvantage(advantages).withWeight(weights);
    }

    /** With respect to theta, of which ln pi has the gradient e_x - pi. */
    private static List<Double> gradient(
            Fdpg fdpg, List<Integer> outcomes, List<Double> advantages, DataType precision) {
        List<Double> slopes =
                batch(fdpg, outcomes, advantages).under(fdpg, precision).gradient();
        double[] gradient = new double[OUTCOMES];
        for (int i = 0; i < slopes.size(); i++) {
            for (int x = 0; x < OUTCOMES; x++) {
                gradient[x] += slopes.get(i) * ((outcomes.get(i) == x ? 1 : 0) - POLICY.get(x));
            }
        }
        List<Double> numbers = new ArrayList<>();
        for (double slope : gradient) {
            numbers.add(slope);
        }
        return numbers;
    }

    private static void check(Closeness closeness, List<Double> actual, List<Double> expected) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < expected.size(); i++) {
            closeness.check("number " + i, actual.get(i), expected.get(i));
        }
    }

    private static String spec(String name) {
        return Objects.requireNonNull(SPECS.get(name), name);
    }

    private static List<Double> numbers(JsonNode array) {
        List<Double> numbers = new ArrayList<>();
        array.forEach(number -> numbers.add(number.doubleValue()));
        return numbers;
    }

    private static JsonNode read() {
        String path = "/vectors/fdpg.json";
        try (InputStream file = Objects.requireNonNull(FdpgVectorsTest.class.getResourceAsStream(path), path)) {
            return new ObjectMapper().readTree(file);
        } catch (IOException e) {
            throw new UncheckedIOException(path, e);
        }
    }
}
