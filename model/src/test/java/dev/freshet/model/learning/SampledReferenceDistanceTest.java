package dev.freshet.model.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.freshet.model.divergence.DivergenceSpec;
import dev.freshet.model.objective.Regularisation;
import dev.freshet.model.rollout.FinishReason;
import dev.freshet.model.rollout.LogProbs;
import dev.freshet.model.rollout.Rollout;
import dev.freshet.model.rollout.RolloutGroup;
import dev.freshet.model.rollout.ScoredGroup;
import dev.freshet.model.safetensors.TensorData;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SampledReferenceDistanceTest {
    private static final ScorerSettings SCORER = ScorerSettings.from(Toy.config());
    private static final MonitorSettings MONITORS = MonitorSettings.from(Toy.config());

    private static final Regularisation JS = Regularisation.of("js", 0.1);

    private final RolloutGroup group = Toy.batch(1, 5).get(0).group();

    @Test
    void aPolicyThatIsItsReferenceIsNowhereFromIt() throws Exception {
        assertThat(distance(0, 0))
                .containsOnlyKeys(DivergenceSpec.named().keySet())
                .allSatisfy((spec, value) ->
                        // The scores are the same floats, whose difference is 0.
                        assertThat(value).as(spec).isCloseTo(0, within(1e-6)));
    }

    /** ln t = 0.5 at every token, so that each mean is f(t)/t itself. */
    @Test
    void eachTokenCountsByTheDivergencesOnPolicyEstimator() throws Exception {
        Map<String, Double> distance = distance(0.5f, 0);
        double t = Math.exp(0.5);
        // Single precision, of values of about 0.1.
        assertThat(distance.get("reverse-kl")).isCloseTo(0.5 + 1 / t - 1, within(1e-5));
        assertThat(distance.get("forward-kl")).isCloseTo((-0.5 + t - 1) / t, within(1e-5));
        assertThat(distance.get("tv")).isCloseTo((t - 1) / 2 / t, within(1e-5));
    }

    /** Twice as likely under what was sampled from as under the policy: each token stands for half of one. */
    @Test
    void whatTruncatedSamplingChangedIsCorrectedFor() throws Exception {
        double whole = distance(0.5f, 0).getOrDefault("reverse-kl", Double.NaN);
        assertThat(distance(0.5f, (float) Math.log(2)).get("reverse-kl")).isCloseTo(whole / 2, within(1e-5));
    }

    @Test
    void theOneInForceIsMeasuredThoughItHasNoNameOfItsOwn() throws Exception {
        try (SampledReferenceDistance distance = SampledReferenceDistance.start(
                Toy.CONFIG, SCORER, MONITORS, Regularisation.of("alpha:0.3", 0.1), Toy.weights(1))) {
            assertThat(get(distance.of(group))).containsKeys("js", "alpha:0.3");
        }
    }

    /** They are estimated together, as they come. */
    @Test
    void groupsAtOneTimeHaveEachItsOwn() throws Exception {
        List<RolloutGroup> groups =
                Toy.batch(5, 7).stream().map(ScoredGroup::group).toList();
        try (SampledReferenceDistance distance =
                SampledReferenceDistance.start(Toy.CONFIG, SCORER, MONITORS, JS, Toy.weights(1))) {
            List<CompletionStage<Map<String, Double>>> together =
                    groups.stream().map(distance::of).toList();
            for (int i = 0; i < groups.size(); i++) {
                Map<String, Double> own = get(distance.of(groups.get(i)));
                assertThat(get(together.get(i)))
                        .containsOnlyKeys(own.keySet())
                        // Scores differ in their last bits with who is scored beside whom.
                        .allSatisfy((spec, value) ->
                                assertThat(value).as(spec).isCloseTo(own.get(spec), withinPercentage(0.1)));
            }
        }
    }

    /**
     * @param logRatio of policy and reference, at each token
     * @param cut by which the distribution sampled from makes each token likelier than the policy does
     */
    private Map<String, Double> distance(float logRatio, float cut) throws Exception {
        List<TensorData> weights = Toy.weights(1);
        List<Rollout> sampled = new ArrayList<>();
        try (DecoderLogProbScorer scorer = DecoderLogProbScorer.start(Toy.CONFIG, SCORER, weights)) {
            List<LogProbs> scores = get(scorer.score(group));
            for (int i = 0; i < scores.size(); i++) {
                Rollout rollout = group.rollouts().get(i);
                sampled.add(new Rollout(
                        rollout.completion(),
                        FinishReason.LENGTH,
                        plus(scores.get(i), logRatio),
                        plus(scores.get(i), logRatio + cut),
                        rollout.versions()));
            }
        }
        try (SampledReferenceDistance distance =
                SampledReferenceDistance.start(Toy.CONFIG, SCORER, MONITORS, JS, weights)) {
            return get(distance.of(new RolloutGroup(group.admitted(), sampled)));
        }
    }

    private static LogProbs plus(LogProbs logProbs, float added) {
        float[] sums = new float[logProbs.size()];
        for (int i = 0; i < sums.length; i++) {
            sums[i] = logProbs.get(i) + added;
        }
        return LogProbs.of(sums);
    }

    private static <T> T get(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(1, TimeUnit.MINUTES);
    }
}
