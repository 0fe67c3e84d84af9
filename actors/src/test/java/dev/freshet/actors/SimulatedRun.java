package dev.freshet.actors;

import dev.freshet.model.checkpoint.TrainingState;
import dev.freshet.model.generation.RolloutGenerator;
import dev.freshet.model.learning.LogProbScorer;
import dev.freshet.model.rollout.AdmittedPrompt;
import dev.freshet.model.rollout.LogProbs;
import dev.freshet.model.rollout.RolloutGroup;
import dev.freshet.streams.PipelineEvent.StepTrained;
import dev.freshet.streams.PipelineSettings;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** The collaborators of a run in a test's hand: two generators, batches of two groups, a reference. */
final class SimulatedRun {
    static final TestSteering STEERING = TestSteering.of("freshet.checkpoint.interval = 0");

    private final RecordedEvents events = new RecordedEvents();
    private final WrittenStates disk = new WrittenStates();
    private final SteeredLearner learner;
    private final List<SteeredGenerator> engines = new CopyOnWriteArrayList<>();
    private final Predicate<AdmittedPrompt> generatedAtOnce;

    SimulatedRun() {
        this(SteeredLearner.stepsOnCommand(), prompt -> true);
    }

    SimulatedRun(SteeredLearner learner, Predicate<AdmittedPrompt> generatedAtOnce) {
        this.learner = learner;
        this.generatedAtOnce = generatedAtOnce;
    }

    RunPlan plan(long steps) {
        return plan(steps, Samples.begin());
    }

    RunPlan plan(long steps, TrainingState start) {
        return new RunPlan(
                "simulated",
                new RolloutFeed(
                        LetterTask.wantsTheLetterA(),
                        List.of(this::openEngine, this::openEngine),
                        Optional.empty(),
                        PipelineSettings.from(STEERING.config())),
                learner,
                Optional.of((Supplier<LogProbScorer>) ZeroReference::new),
                STEERING.parameters(),
                STEERING,
                disk,
                start,
                List.of(),
                steps,
                events,
                System::nanoTime);
    }

    private RolloutGenerator openEngine() {
        SteeredGenerator engine = new SteeredGenerator(learner::version, generatedAtOnce);
        engines.add(engine);
        return engine;
    }

    RecordedEvents events() {
        return events;
    }

    WrittenStates disk() {
        return disk;
    }

    SteeredLearner learner() {
        return learner;
    }

    List<SteeredGenerator> engines() {
        return engines;
    }

    void endStepsUntil(CompletableFuture<?> done) {
        TestActors.eventually(
                () -> {
                    if (learner.hasBegunAStep()) {
                        learner.nextStep().end();
                    }
                    return done.isDone();
                },
                "the run ends");
    }

    /** Whether the steps have taken the groups in the order of their admission. */
    boolean trainedInOrder() {
        long next = 0;
        for (StepTrained step : events.of(StepTrained.class)) {
            if (step.report().firstSequence() < next) {
                return false;
            }
            next = step.report().lastSequence() + 1;
        }
        return true;
    }

    private static final class ZeroReference implements LogProbScorer {
        @Override
        public CompletionStage<List<LogProbs>> score(RolloutGroup group) {
            return CompletableFuture.completedFuture(group.rollouts().stream()
                    .map(rollout -> LogProbs.of(new float[rollout.completion().size()]))
                    .toList());
        }

        @Override
        public void close() {}
    }
}
