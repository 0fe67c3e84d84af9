package dev.freshet.ops.bench;

import com.typesafe.config.Config;
import dev.freshet.model.engine.ComputeDevice;
import dev.freshet.model.learning.DecoderLearner;
import dev.freshet.model.learning.LearnerSettings;
import dev.freshet.model.learning.LearnerState;
import dev.freshet.model.learning.MonitorSettings;
import dev.freshet.model.learning.ReferenceWeights;
import dev.freshet.model.learning.StepMonitor;
import dev.freshet.model.objective.PolicyObjective;
import dev.freshet.model.objective.PolicyObjectives;
import dev.freshet.model.rollout.ScoredGroup;
import dev.freshet.model.transformer.DecoderConfig;
import dev.freshet.model.weights.WeightRegistry;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.function.Consumer;

/**
 * What it costs the learner to be watched, on the quickstart's model and batch: the time that measuring takes, over that of the whole
 * step. In a run, divergences are measured every so many steps, and the rest at each.
 */
record MonitorsBenchmark(Settings settings) implements Benchmark {
    /**
     * @param overrides of the quickstart's settings
     * @param length tokens of each completion
     * @param steps that are timed at a time, after one that is not
     * @param mostCost share of a step that being watched may cost on average
     */
    record Settings(List<String> overrides, int length, int steps, Rounds rounds, double mostCost) {
        static Settings full() {
            return new Settings(List.of(), 4, 8, new Rounds(1, 9), 0.01);
        }
    }

    private static final double NANOS_PER_SECOND = 1e9;
    private static final MonitorSettings NEVER = new MonitorSettings(Integer.MAX_VALUE, 1, 1, 1);

    @Override
    public List<Result> run(Consumer<String> log) throws Exception {
        Config config = Quickstart.config(settings.overrides().toArray(String[]::new));
        MonitorSettings inARun = MonitorSettings.from(config);
        MonitorSettings always = new MonitorSettings(1, inARun.tokens(), inARun.logRatioClamp(), inARun.weightCap());
        List<Series> series = settings.rounds()
                .take(
                        log,
                        new Trial("measured", "of a step", () -> share(config, NEVER)),
                        new Trial("monitored", "of a step", () -> share(config, always)));
        Series measuring = series.get(0);
        Series monitoring = series.get(1).minus(measuring);
        int interval = Math.max(1, inARun.interval());
        return List.of(
                measuring
                        .plus(monitoring.over(interval))
                        .result("watch_cost", "of a step, on average", Map.of("interval", interval))
                        .atMost(settings.mostCost()),
                measuring.result("measure_cost", "of a step", Map.of()),
                monitoring.result("monitor_cost", "of a step that is monitored", Map.of()));
    }

    /** Of a step's time, what measuring takes; by a new learner. */
    private double share(Config config, MonitorSettings monitors) throws InterruptedException {
        DecoderConfig decoder = Quickstart.decoder(config, Quickstart.task(config));
        PolicyObjective objective = PolicyObjectives.from(config);
        List<ScoredGroup> batch = SyntheticBatch.of(
                config.getInt("freshet.train.batch-groups"),
                Quickstart.groupSize(config),
                settings.length(),
                decoder.vocabulary());
        LearnerState start = LearnerState.fresh(Roles.initialWeights(decoder, Quickstart.seed(config)));
        DoubleAdder measuring = new DoubleAdder();
        StepMonitor monitor = new StepMonitor(monitors, measures -> measuring.add(measures.measuringSeconds()));
        try (WeightRegistry registry = new WeightRegistry(decoder, ComputeDevice.CPU);
                DecoderLearner learner = DecoderLearner.start(
                        decoder, LearnerSettings.from(config), start, registry, monitor, ReferenceWeights.NONE)) {
            learner.learn(batch, objective).toCompletableFuture().join();
            measuring.reset();
            long begin = System.nanoTime();
            for (int i = 0; i < settings.steps(); i++) {
                learner.learn(batch, objective).toCompletableFuture().join();
            }
            return measuring.sum() * NANOS_PER_SECOND / (System.nanoTime() - begin);
        }
    }
}
