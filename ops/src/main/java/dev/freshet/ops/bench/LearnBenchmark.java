package dev.freshet.ops.bench;

import com.typesafe.config.Config;
import dev.freshet.model.engine.ComputeDevice;
import dev.freshet.model.learning.ComputeSettings;
import dev.freshet.model.learning.DecoderLearner;
import dev.freshet.model.learning.LearnerSettings;
import dev.freshet.model.learning.LearnerState;
import dev.freshet.model.learning.LearningRate;
import dev.freshet.model.learning.StepSettings;
import dev.freshet.model.learning.TrainedParameters;
import dev.freshet.model.objective.PolicyObjective;
import dev.freshet.model.objective.PolicyObjectives;
import dev.freshet.model.objective.Regularisation;
import dev.freshet.model.rollout.ScoredGroup;
import dev.freshet.model.transformer.DecoderConfig;
import dev.freshet.model.transformer.DecoderProgram.AdamW;
import dev.freshet.model.transformer.MatrixFlavour;
import dev.freshet.model.weights.WeightRegistry;
import dev.freshet.model.yardstick.BareDecoder;
import dev.freshet.model.yardstick.BareDecoder.Repeatable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Steps of a learner, from scored groups to the published version, against one TorchScript call that scores, differentiates and
 * updates with nothing around it. A step is one mini-batch of one micro-batch, as the yardstick's is.
 */
record LearnBenchmark(Settings settings) implements Benchmark {
    private static final int GROUP_SIZE = 8;
    private static final long SEED = 1;
    private static final int LOGITS_AT_ONCE = 1 << 25;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double MILLIS_PER_SECOND = 1e3;

    /**
     * @param divergences each measured
     * @param steps that are timed at a time, after one that is not
     * @param leastRatio bar of the first divergence's ratio to the yardstick, which has none
     */
    record Settings(
            List<Batch> batches,
            List<MatrixFlavour> flavours,
            List<Integer> threads,
            List<String> divergences,
            int steps,
            Rounds rounds,
            double leastRatio) {
        static Settings full() {
            return new Settings(
                    List.of(Batch.of(ModelSize.TINY), Batch.of(ModelSize.SMALL)),
                    List.of(MatrixFlavour.FP32, MatrixFlavour.BF16),
                    List.of(1, 2),
                    List.of("none", "js"),
                    2,
                    new Rounds(1, 5),
                    0.93);
        }
    }

    /** @param length trained tokens of each row */
    record Batch(ModelSize size, int rows, int length) {
        static Batch of(ModelSize size) {
            return new Batch(size, size.trainingRows(), size.trainingLength());
        }

        DecoderConfig decoder() {
            return size.decoder(length + 1);
        }
    }

    @Override
    public List<Result> run(Consumer<String> log) throws Exception {
        Flavours flavours = Flavours.swift(settings.flavours());
        List<Result> results = new ArrayList<>(flavours.toldOf());
        for (Batch batch : settings.batches()) {
            LearnerState start = LearnerState.fresh(Roles.initialWeights(batch.decoder(), SEED));
            for (MatrixFlavour flavour : flavours.usable()) {
                for (int threads : settings.threads()) {
                    Map<String, Object> holdsFor =
                            Map.of("size", batch.size().label(), "flavour", flavour.label(), "threads", threads);
                    log.accept(holdsFor.toString());
                    results.addAll(compare(batch, start, flavour, threads, holdsFor, log));
                }
            }
        }
        return results;
    }

    private List<Result> compare(
            Batch batch,
            LearnerState start,
            MatrixFlavour flavour,
            int threads,
            Map<String, Object> holdsFor,
            Consumer<String> log)
            throws Exception {
        List<ScoredGroup> groups = SyntheticBatch.of(
                batch.rows() / GROUP_SIZE,
                GROUP_SIZE,
                batch.length(),
                batch.decoder().vocabulary());
        try (BareDecoder bare = new BareDecoder(batch.decoder(), flavour, MatrixFlavour.FP32_PACKED, threads)) {
            Repeatable step = bare.trainingStep(batch.rows(), batch.length());
            List<Trial> trials = new ArrayList<>();
            for (String divergence : settings.divergences()) {
                trials.add(new Trial(
                        "system-" + divergence,
                        "steps/s",
                        () -> stepsPerSecond(batch, start, flavour, threads, groups, objective(divergence))));
            }
            trials.add(new Trial("yardstick", "steps/s", () -> 1 / step.seconds(settings.steps())));
            List<Series> series = settings.rounds().take(log, trials.toArray(new Trial[0]));
            return results(series, holdsFor);
        }
    }

    private List<Result> results(List<Series> series, Map<String, Object> holdsFor) {
        Series yardstick = series.get(series.size() - 1);
        List<Result> results = new ArrayList<>();
        for (int i = 0; i < settings.divergences().size(); i++) {
            Map<String, Object> withDivergence = new LinkedHashMap<>(holdsFor);
            withDivergence.put("divergence", settings.divergences().get(i));
            Series system = series.get(i);
            Result ratio = system.over(yardstick).result("learn_ratio", "of the yardstick", withDivergence);
            results.add(i == 0 ? ratio.atLeast(settings.leastRatio()) : ratio);
            results.add(milliseconds(system).result("learn_step", "ms", withDivergence));
        }
        results.add(milliseconds(yardstick).result("bare_learn_step", "ms", holdsFor));
        return results;
    }

    private static Series milliseconds(Series stepsPerSecond) {
        return new Series(stepsPerSecond.values().stream()
                .map(perSecond -> MILLIS_PER_SECOND / perSecond)
                .toList());
    }

    /** A new learner each time, so that its threads are gone while the yardstick's work, as the yardstick's are now. */
    private double stepsPerSecond(
            Batch batch,
            LearnerState start,
            MatrixFlavour flavour,
            int threads,
            List<ScoredGroup> groups,
            PolicyObjective objective)
            throws InterruptedException {
        LearnerSettings learning = new LearnerSettings(
                new ComputeSettings(ComputeDevice.CPU, flavour, threads),
                new StepSettings(
                        new LearningRate(3e-4, 0, LearningRate.Schedule.CONSTANT, 1, 1),
                        new AdamW(0.9, 0.95, 1e-8, 0.01, 1),
                        1,
                        1),
                SEED,
                batch.rows() * (batch.length() + 1),
                LOGITS_AT_ONCE,
                TrainedParameters.ALL);
        try (WeightRegistry registry = new WeightRegistry(batch.decoder(), ComputeDevice.CPU);
                DecoderLearner learner = DecoderLearner.start(batch.decoder(), learning, start, registry)) {
            learner.learn(groups, objective).toCompletableFuture().join();
            long begin = System.nanoTime();
            for (int i = 0; i < settings.steps(); i++) {
                learner.learn(groups, objective).toCompletableFuture().join();
            }
            return settings.steps() * NANOS_PER_SECOND / (System.nanoTime() - begin);
        }
    }

    private static PolicyObjective objective(String divergence) {
        Config defaults = Quickstart.config();
        Regularisation regularisation =
                Regularisation.of(divergence, defaults.getDouble("freshet.divergence-coefficient"));
        return PolicyObjectives.from(defaults).withRegularisation(regularisation);
    }
}
