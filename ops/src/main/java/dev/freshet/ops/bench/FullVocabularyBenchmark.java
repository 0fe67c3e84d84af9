package dev.freshet.ops.bench;

import com.typesafe.config.Config;
import dev.freshet.model.divergence.DivergenceSpec;
import dev.freshet.model.engine.ComputeDevice;
import dev.freshet.model.learning.DecoderLearner;
import dev.freshet.model.learning.LearnerSettings;
import dev.freshet.model.learning.LearnerState;
import dev.freshet.model.learning.StepMonitor;
import dev.freshet.model.objective.PolicyObjective;
import dev.freshet.model.objective.PolicyObjectives;
import dev.freshet.model.rollout.ScoredGroup;
import dev.freshet.model.safetensors.TensorData;
import dev.freshet.model.transformer.DecoderConfig;
import dev.freshet.model.weights.WeightRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What a divergence that is summed over the vocabulary, 64 tokens here, adds to the learner's step: steps without a divergence, the
 * same with one forward pass more, which is what the reference's costs, and steps with each divergence, in turn.
 */
record FullVocabularyBenchmark(Settings settings) implements Benchmark {
    private static final int GROUP_SIZE = 8;
    private static final long SEED = 1;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double MILLIS_PER_SECOND = 1e3;
    private static final String EXACT = "freshet.divergence-estimator=full-vocabulary";

    /**
     * @param rows rollouts of a step, a multiple of eight
     * @param length tokens of each
     * @param steps that are timed at a time, after one that is not
     * @param mostCost of a plain step, that a divergence may add besides the reference's pass
     */
    record Settings(List<String> divergences, int rows, int length, int steps, Rounds rounds, double mostCost) {
        static Settings full() {
            return new Settings(
                    Stream.concat(DivergenceSpec.named().keySet().stream(), Stream.of("alpha:0.5"))
                            .toList(),
                    ModelSize.TINY.trainingRows(),
                    ModelSize.TINY.trainingLength(),
                    4,
                    new Rounds(1, 7),
                    0.15);
        }
    }

    @Override
    public List<Result> run(Consumer<String> log) throws Exception {
        DecoderConfig decoder = ModelSize.TINY.decoder(settings.length() + 1);
        List<TensorData> weights = Roles.initialWeights(decoder, SEED);
        List<Trial> trials = new ArrayList<>();
        trials.add(trial("none", decoder, weights, "freshet.divergence=none"));
        trials.add(trial(
                "forward pass more", decoder, weights, "freshet.divergence=none", "freshet.rlvr.proximal=step-start"));
        for (String divergence : settings.divergences()) {
            trials.add(trial(divergence, decoder, weights, "freshet.divergence=" + divergence, EXACT));
        }
        List<Series> series = settings.rounds().take(log, trials.toArray(new Trial[0]));
        Series plain = series.get(0);
        Series withForward = series.get(1);
        List<Result> results = new ArrayList<>();
        results.add(plain.result("plain_step", "ms", Map.of()));
        results.add(withForward.minus(plain).over(plain).result("reference_cost", "of a plain step", Map.of()));
        for (int i = 0; i < settings.divergences().size(); i++) {
            Series besides = series.get(2 + i).minus(withForward).over(plain);
            Map<String, Object> what =
                    Map.of("divergence", settings.divergences().get(i), "vocabulary", decoder.vocabulary());
            results.add(besides.result("full_vocabulary_cost", "of a plain step, besides the reference", what)
                    .atMost(settings.mostCost()));
            results.add(series.get(2 + i)
                    .minus(plain)
                    .over(plain)
                    .result("full_vocabulary_total", "of a plain step, with the reference", what));
        }
        return results;
    }

    private Trial trial(String name, DecoderConfig decoder, List<TensorData> weights, String... overrides) {
        return new Trial(name, "ms", () -> milliseconds(decoder, weights, overrides));
    }

    /** Of a step, by a new learner; one mini-batch of one micro-batch. */
    private double milliseconds(DecoderConfig decoder, List<TensorData> weights, String... overrides)
            throws InterruptedException {
        List<String> all = new ArrayList<>(List.of(overrides));
        all.add("freshet.train.mini-batches=1");
        Config config = Quickstart.config(all.toArray(String[]::new));
        PolicyObjective objective = PolicyObjectives.from(config);
        List<ScoredGroup> batch =
                SyntheticBatch.of(settings.rows() / GROUP_SIZE, GROUP_SIZE, settings.length(), decoder.vocabulary());
        try (WeightRegistry registry = new WeightRegistry(decoder, ComputeDevice.CPU);
                DecoderLearner learner = DecoderLearner.start(
                        decoder,
                        LearnerSettings.from(config),
                        LearnerState.fresh(weights),
                        registry,
                        StepMonitor.NOBODY,
                        () -> weights)) {
            learner.learn(batch, objective).toCompletableFuture().join();
            long begin = System.nanoTime();
            for (int i = 0; i < settings.steps(); i++) {
                learner.learn(batch, objective).toCompletableFuture().join();
            }
            return (System.nanoTime() - begin) / NANOS_PER_SECOND * MILLIS_PER_SECOND / settings.steps();
        }
    }
}
