package dev.freshet.ops.bench;

import com.typesafe.config.Config;
import dev.freshet.actors.CheckpointKeeper;
import dev.freshet.model.engine.ComputeDevice;
import dev.freshet.model.engine.EngineThread;
import dev.freshet.model.generation.DecoderGenerator;
import dev.freshet.model.generation.GenerationSettings;
import dev.freshet.model.generation.RolloutGenerator;
import dev.freshet.model.learning.DecoderLearner;
import dev.freshet.model.learning.DecoderLogProbScorer;
import dev.freshet.model.learning.LearnerSettings;
import dev.freshet.model.learning.LearnerState;
import dev.freshet.model.learning.LogProbScorer;
import dev.freshet.model.learning.ReferenceWeights;
import dev.freshet.model.learning.ScorerSettings;
import dev.freshet.model.learning.StepMonitor;
import dev.freshet.model.safetensors.TensorData;
import dev.freshet.model.task.Task;
import dev.freshet.model.transformer.DecoderConfig;
import dev.freshet.model.transformer.DecoderWeights;
import dev.freshet.model.weights.WeightRegistry;
import dev.freshet.streams.EventSink;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The roles of a run over one untrained policy, opened as a run opens them. */
final class Roles {
    private final Config config;
    private final Task task;
    private final DecoderConfig decoder;
    private final List<TensorData> weights;

    private Roles(Config config, Task task, DecoderConfig decoder, List<TensorData> weights) {
        this.config = config;
        this.task = task;
        this.decoder = decoder;
        this.weights = weights;
    }

    static Roles of(Config config, Task task) {
        DecoderConfig decoder = Quickstart.decoder(config, task);
        return new Roles(config, task, decoder, initialWeights(decoder, Quickstart.seed(config)));
    }

    /** Random weights in host memory. */
    static List<TensorData> initialWeights(DecoderConfig decoder, long seed) {
        try (EngineThread thread = EngineThread.start("bench-weights", 1)) {
            return thread.submit(() -> {
                        try (DecoderWeights weights = DecoderWeights.initialise(decoder, ComputeDevice.CPU, seed)) {
                            return weights.toTensors();
                        }
                    })
                    .join();
        }
    }

    Config config() {
        return config;
    }

    Task task() {
        return task;
    }

    boolean hasReference() {
        return config.getString("freshet.reference").equals("initial");
    }

    /** Opens what a run is made of, for as long as {@code work} takes. */
    void inOneRun(CheckpointKeeper.Target checkpoints, EventSink events, Consumer<BenchmarkRun> work)
            throws InterruptedException {
        inOneRun(StepMonitor.NOBODY, checkpoints, events, work);
    }

    /** As the other, with a learner that is monitored. */
    void inOneRun(
            StepMonitor monitor, CheckpointKeeper.Target checkpoints, EventSink events, Consumer<BenchmarkRun> work)
            throws InterruptedException {
        Optional<Supplier<LogProbScorer>> scorer = hasReference() ? Optional.of(this::scorer) : Optional.empty();
        try (WeightRegistry registry = registry();
                DecoderLearner learner = learner(registry, monitor)) {
            work.accept(
                    new BenchmarkRun(config, task, () -> generator(registry), learner, scorer, checkpoints, events));
        }
    }

    WeightRegistry registry() {
        return new WeightRegistry(decoder, ComputeDevice.CPU);
    }

    /** For a generator without a learner. */
    PublishedWeights publishedWeights() {
        return PublishedWeights.of(decoder);
    }

    /** The learner publishes version 0 when it starts. */
    DecoderLearner learner(WeightRegistry registry) throws InterruptedException {
        return learner(registry, StepMonitor.NOBODY);
    }

    private DecoderLearner learner(WeightRegistry registry, StepMonitor monitor) throws InterruptedException {
        return DecoderLearner.start(
                decoder,
                LearnerSettings.from(config),
                LearnerState.fresh(weights),
                registry,
                monitor,
                ReferenceWeights.NONE);
    }

    RolloutGenerator generator(WeightRegistry registry) {
        return DecoderGenerator.start(
                "bench-generator",
                decoder,
                GenerationSettings.from(config.getConfig("freshet.generation")),
                task.tokenizer().stopTokens(),
                Quickstart.seed(config),
                registry);
    }

    private LogProbScorer scorer() {
        try {
            return DecoderLogProbScorer.start(decoder, ScorerSettings.from(config), weights);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the reference scorer started", e);
        }
    }
}
