package dev.freshet.ops.bench;

import com.typesafe.config.Config;
import dev.freshet.actors.CheckpointKeeper;
import dev.freshet.actors.RolloutFeed;
import dev.freshet.actors.Run;
import dev.freshet.actors.RunParameters;
import dev.freshet.actors.RunPlan;
import dev.freshet.model.checkpoint.SavedParameters;
import dev.freshet.model.checkpoint.TrainingState;
import dev.freshet.model.checkpoint.WrittenCheckpoint;
import dev.freshet.model.generation.RolloutGenerator;
import dev.freshet.model.learning.LearnerSnapshot;
import dev.freshet.model.learning.LogProbScorer;
import dev.freshet.model.learning.PolicyLearner;
import dev.freshet.model.objective.Objective;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.task.Task;
import dev.freshet.ops.training.ConfigSteering;
import dev.freshet.ops.training.LearnerCpus;
import dev.freshet.streams.EventSink;
import dev.freshet.streams.PipelineSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A run as {@code train} makes it, from version 0 on. */
record BenchmarkRun(
        Config config,
        Task task,
        Supplier<RolloutGenerator> generator,
        PolicyLearner learner,
        Optional<Supplier<LogProbScorer>> scorer,
        CheckpointKeeper.Target checkpoints,
        EventSink events) {

    /** Returns when so many steps have been taken. */
    void take(long steps) {
        steer(steps, run -> {});
    }

    /**
     * Returns when the run has ended, by itself or as told by whoever steers it.
     *
     * @param steps that it takes at most
     */
    void steer(long steps, Consumer<Run> steering) {
        PipelineSettings pipeline = PipelineSettings.from(config);
        ConfigSteering rules = new ConfigSteering(config, pipeline);
        RunParameters parameters = rules.configured();
        RunPlan plan = new RunPlan(
                "bench",
                new RolloutFeed(task, List.of(generator), Optional.empty(), pipeline),
                LearnerCpus.from(config, Runtime.getRuntime().availableProcessors())
                        .around(learner),
                scorer,
                parameters,
                rules,
                checkpoints,
                start(parameters.objective()),
                List.of(),
                steps,
                events,
                System::nanoTime);
        try (Run run = Run.start(plan)) {
            steering.accept(run);
            run.completion().toCompletableFuture().join();
        }
    }

    private TrainingState start(Objective objective) {
        return new TrainingState(
                PolicyVersion.INITIAL,
                0,
                0,
                Quickstart.seed(config),
                objective.name(),
                objective.regularisation().spec(),
                objective.regularisation().coefficient(),
                SavedParameters.NONE,
                TrainingState.NO_GROUPS,
                "",
                "",
                Map.of(),
                Map.of(),
                List.of(),
                Map.of());
    }

    /** Checkpoints that nobody keeps. */
    static WrittenCheckpoint discard(LearnerSnapshot copy, TrainingState state) {
        return new WrittenCheckpoint(Path.of("discarded"), 0, 0);
    }
}
