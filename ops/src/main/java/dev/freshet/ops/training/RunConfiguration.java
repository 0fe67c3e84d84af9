package dev.freshet.ops.training;

import com.typesafe.config.Config;
import dev.freshet.actors.ActorSettings;
import dev.freshet.model.checkpoint.CheckpointRetention;
import dev.freshet.model.dataset.DatasetSettings;
import dev.freshet.model.dataset.ExampleKind;
import dev.freshet.model.distillation.DistillationSettings;
import dev.freshet.model.distillation.FidelitySettings;
import dev.freshet.model.generation.GenerationSettings;
import dev.freshet.model.learning.LearnerSettings;
import dev.freshet.model.learning.MonitorSettings;
import dev.freshet.model.learning.ScorerSettings;
import dev.freshet.model.learning.WarmUpSettings;
import dev.freshet.model.objective.DatasetObjective;
import dev.freshet.model.objective.FDistill;
import dev.freshet.model.objective.KnownObjectives;
import dev.freshet.model.objective.Objective;
import dev.freshet.model.rehearsal.RehearsalSettings;
import dev.freshet.model.task.Task;
import dev.freshet.model.task.TaskSettings;
import dev.freshet.model.task.Tasks;
import dev.freshet.model.transformer.DecoderConfig;
import dev.freshet.ops.control.ControlSettings;
import dev.freshet.ops.listen.Listening;
import dev.freshet.ops.logging.LogSettings;
import dev.freshet.ops.metrics.MetricsServer;
import dev.freshet.ops.run.RunSettings;
import dev.freshet.ops.run.RunSettings.Rotation;
import dev.freshet.ops.service.ServiceSettings;
import dev.freshet.streams.DatasetPipelineSettings;
import dev.freshet.streams.PipelineSettings;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * All settings of a run, read once and refused here if they are wrong. With {@code freshet.deterministic} the roles are set such
 * that nothing depends on timing.
 *
 * @param hasReference whether a frozen reference policy scores rollouts
 * @param sample what callers may have sampled
 * @param steps to train
 */
record RunConfiguration(
        Config config,
        Task task,
        DecoderConfig decoder,
        GenerationSettings generation,
        LearnerSettings learner,
        MonitorSettings monitors,
        WarmUpSettings warmUp,
        ScorerSettings scorer,
        Objective objective,
        boolean hasReference,
        PipelineSettings pipeline,
        ActorSettings actors,
        EvaluationSettings evaluation,
        SamplingBounds sample,
        RunSettings run,
        LogSettings log,
        ServiceSettings service,
        ControlSettings control,
        Listening metrics,
        LearnerCpus learnerCpus,
        CheckpointRetention checkpoints,
        int steps) {

    /** The settings of a run that trains. */
    static RunConfiguration forTraining(Config config) {
        RunConfiguration configuration = from(config);
        TrainingRequirements.require(configuration);
        return configuration;
    }

    static RunConfiguration from(Config config) {
        boolean deterministic = config.getBoolean("freshet.deterministic");
        long seed = config.getLong("freshet.train.seed");
        Task task = Tasks.create(TaskSettings.from(config), seed);
        GenerationSettings generation = GenerationSettings.from(config.getConfig("freshet.generation"));
        ScorerSettings scorer = ScorerSettings.from(config);
        ActorSettings actors = ActorSettings.from(config);
        RunConfiguration configuration = new RunConfiguration(
                config,
                task,
                DecoderConfig.from(
                        config.getConfig("freshet.model"), task.tokenizer().vocabularySize()),
                deterministic ? generation.deterministic() : generation,
                LearnerSettings.from(config),
                MonitorSettings.from(config),
                WarmUpSettings.from(config),
                deterministic ? scorer.deterministic() : scorer,
                KnownObjectives.from(config),
                hasReference(config) && !isDistillation(config),
                PipelineSettings.from(config),
                actors,
                EvaluationSettings.from(config),
                SamplingBounds.from(config),
                RunSettings.from(config),
                LogSettings.from(config),
                ServiceSettings.from(config, actors),
                ControlSettings.from(config),
                Listening.from(config, MetricsServer.KEY),
                LearnerCpus.from(config, Runtime.getRuntime().availableProcessors()),
                CheckpointSettings.retention(config),
                steps(config));
        configuration.requireReferenceIfNeeded();
        var unused = configuration.checkpointMaxAge();
        var unusedDrain = configuration.drain();
        var unusedSampling = RehearsalSettings.from(config);
        var unusedPrompts = RehearsalSource.explores(config);
        var unusedFlow = DatasetPipelineSettings.from(config);
        configuration.requireGoodDataset();
        if (isDistillation(config)) {
            var unusedDistillation = DistillationSettings.from(config);
            var unusedFidelity = FidelitySettings.from(config);
        }
        configuration.requireDevices();
        configuration.learner().trained().requireFit(configuration.decoder());
        configuration.evaluation().requireSuitesOf(configuration.task());
        return configuration;
    }

    long seed() {
        return config.getLong("freshet.train.seed");
    }

    DrainSettings drain() {
        return DrainSettings.from(config, actors, stalenessBound());
    }

    /** What examples of a dataset the run learns from; empty if it learns from rollouts. */
    Optional<ExampleKind> exampleKind() {
        return objective instanceof DatasetObjective dataset ? Optional.of(dataset.feedsOn()) : Optional.empty();
    }

    /** How a student is distilled; empty if the run trains a policy. */
    Optional<DistillationSettings> distillation() {
        return isDistillation(config) ? Optional.of(DistillationSettings.from(config)) : Optional.empty();
    }

    private static boolean isDistillation(Config config) {
        return config.getString("freshet.objective").equals(FDistill.NAME);
    }

    /** What the run's checkpoints are of, by name. */
    Map<String, String> modelDescription() {
        return distillation().map(DistillationSettings::toDescription).orElseGet(decoder::toDescription);
    }

    /** The most policy versions that what is learnt from can be behind the learner. */
    long stalenessBound() {
        boolean samples = exampleKind().isEmpty() && !isDistillation(config);
        return samples ? pipeline.stalenessBound() : 0;
    }

    /** After which a checkpoint goes that is neither the newest nor among the best; empty: never. */
    Optional<Duration> checkpointMaxAge() {
        return Rotation.maxAge(config, "freshet.checkpoint.max-age");
    }

    ConfigSteering steering() {
        return new ConfigSteering(config, pipeline);
    }

    private void requireReferenceIfNeeded() {
        if (objective.needsReference() && !hasReference) {
            throw new IllegalArgumentException("objective " + objective.name() + " under divergence "
                    + objective.regularisation().spec() + " needs a reference, which is off: set freshet.reference ="
                    + " initial, or freshet.divergence = none and an objective that goes without");
        }
    }

    private void requireGoodDataset() {
        DatasetSource.requireGood(config);
        if (exampleKind().isPresent()) {
            var unused = DatasetSettings.from(config, decoder.maxLength());
            ReferenceScores.requireFits(config, exampleKind().get());
        }
    }

    private void requireDevices() {
        generation.device().requirePresent();
        learner.compute().device().requirePresent();
        scorer.compute().device().requirePresent();
    }

    /** The schedule of the learning rate has refused what is below 1. */
    private static int steps(Config config) {
        long steps = config.getLong("freshet.train.steps");
        if (steps > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "steps must be at most " + Integer.MAX_VALUE + ", was " + steps + " (freshet.train.steps)");
        }
        return (int) steps;
    }

    private static boolean hasReference(Config config) {
        String reference = config.getString("freshet.reference");
        if (!reference.equals("initial") && !reference.equals("off")) {
            throw new IllegalArgumentException(
                    "reference must be initial or off, was \"" + reference + "\" (freshet.reference)");
        }
        return reference.equals("initial");
    }
}
