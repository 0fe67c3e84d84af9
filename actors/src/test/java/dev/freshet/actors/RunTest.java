package dev.freshet.actors;

import static dev.freshet.actors.TestActors.DEADLINE;
import static dev.freshet.actors.TestActors.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.freshet.actors.RefusedException.Kind;
import dev.freshet.actors.RunControl.ChangeMode;
import dev.freshet.actors.RunControl.PauseMode;
import dev.freshet.actors.RunControl.StopMode;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.rollout.ScoredGroup;
import dev.freshet.streams.ChangeOrigin;
import dev.freshet.streams.GroupCounts;
import dev.freshet.streams.PipelineEvent.DivergenceSwitched;
import dev.freshet.streams.PipelineEvent.ParameterChanged;
import dev.freshet.streams.PipelineEvent.PartRestarted;
import dev.freshet.streams.PipelineEvent.RunFinished;
import dev.freshet.streams.PipelineEvent.StepTrained;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RunTest {
    @Test
    void aGeneratorThatFailsMidRunLosesNoGroupAndNoOrder() throws Exception {
        // Every fifth group is held by its engine. The first to hold some fails, once: two failures may drop a group.
        SimulatedRun simulated = new SimulatedRun(SteeredLearner.stepsAtOnce(), prompt -> prompt.sequence() % 5 != 4);
        try (Run run = Run.start(simulated.plan(20))) {
            eventually(
                    () -> {
                        simulated.engines().forEach(engine -> {
                            if (engine.holding() > 0 && simulated.engines().size() < 3) {
                                engine.fail("CUDA error");
                            } else {
                                finishAll(engine);
                            }
                        });
                        return run.completion().toCompletableFuture().isDone();
                    },
                    "the run completes");

            RunFinished finished = run.completion().toCompletableFuture().get();
            GroupCounts groups = finished.groups();
            assertThat(finished.version()).isEqualTo(new PolicyVersion(20));
            assertThat(groups.trained()).isEqualTo(40);
            assertThat(groups.inFlight()).isZero();
            // A lost group would be replaced by the next: only its number is missing.
            assertThat(groups.dropped().values()).containsOnly(0L);
            assertThat(simulated.events().of(StepTrained.class))
                    .extracting(step -> step.report().firstSequence())
                    .containsExactlyElementsOf(evenNumbersBelow(40));
            assertThat(simulated.events().of(StepTrained.class))
                    .allSatisfy(step -> assertThat(step.report().lastSequence())
                            .isEqualTo(step.report().firstSequence() + 1));
            // What the last step left over went back to where the next run would begin.
            assertThat(groups.returned()).isEqualTo(groups.admitted() - 40);
            assertThat(simulated.disk().last().cursor()).isEqualTo(40);
            assertThat(simulated.events().of(PartRestarted.class)).isNotEmpty();
            assertThat(simulated.events().of(StepTrained.class))
                    .allSatisfy(step -> assertThat(step.report().maxStaleness()).isLessThanOrEqualTo(4));
        }
    }

    @Test
    void stepsUnderRandomSwitchesHaveTheDivergenceThatWasAnswered() throws Exception {
        SimulatedRun simulated = new SimulatedRun(SteeredLearner.stepsAtOnce(), prompt -> true);
        Random random = new Random(5);
        List<String> specs = List.of("none", "js", "forward-kl", "tv");
        try (Run run = Run.start(simulated.plan(400))) {
            while (!run.completion().toCompletableFuture().isDone()
                    && simulated.events().of(DivergenceSwitched.class).size() < 60) {
                run.switchDivergence(specs.get(random.nextInt(specs.size())), OptionalDouble.of(random.nextDouble()))
                        .exceptionally(refused ->
                                new DivergenceSwitched("", 0, "", 0, PolicyVersion.INITIAL, ChangeOrigin.COMMAND))
                        .toCompletableFuture()
                        .get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
            }
            run.completion().toCompletableFuture().get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
        }

        List<DivergenceSwitched> switches = simulated.events().of(DivergenceSwitched.class);
        assertThat(switches).isNotEmpty();
        for (StepTrained step : simulated.events().of(StepTrained.class)) {
            Optional<DivergenceSwitched> inForce = switches.stream()
                    .filter(change ->
                            change.firstVersion().compareTo(step.report().version()) <= 0)
                    .reduce((earlier, later) -> later);
            assertThat(step.report().divergence())
                    .as("of %s", step.report().version())
                    .isEqualTo(inForce.map(DivergenceSwitched::toSpec).orElse("none"));
            assertThat(step.report().coefficient())
                    .isEqualTo(inForce.map(DivergenceSwitched::toCoefficient).orElse(0.1));
        }
    }

    @Test
    void aGroupKeepsTheTemperatureThatItWasAdmittedWith() throws Exception {
        SimulatedRun simulated = new SimulatedRun();
        List<ScoredGroup> learntFrom = new ArrayList<>();
        try (Run run = Run.start(simulated.plan(100))) {
            SteeredLearner.Step first = simulated.learner().nextStep();
            var changed = run.setParameter(TestSteering.TEMPERATURE, "0.5", ChangeMode.CARRY_OUT)
                    .toCompletableFuture();
            learntFrom.addAll(first.batch());
            awaitForwarded(run);
            first.end();
            assertThat(changed)
                    .succeedsWithin(DEADLINE)
                    .isEqualTo(new ParameterChanged(
                            TestSteering.TEMPERATURE, "1.0", "0.5", new PolicyVersion(1), ChangeOrigin.COMMAND));
            assertThat(run.parameters().toCompletableFuture().join().temperature())
                    .isEqualTo(0.5);
            for (int step = 0; step < 20; step++) {
                SteeredLearner.Step next = simulated.learner().nextStep();
                learntFrom.addAll(next.batch());
                next.end();
            }
        }

        List<Double> temperatures =
                learntFrom.stream().map(group -> group.group().temperature()).toList();
        assertThat(temperatures).containsOnly(1.0, 0.5).isSortedAccordingTo(Comparator.reverseOrder());
        assertThat(temperatures.get(0)).isEqualTo(1.0);
        assertThat(temperatures.get(temperatures.size() - 1)).isEqualTo(0.5);
    }

    @Test
    void aResumedRunGoesOnWhereItsCheckpointSays() throws Exception {
        SimulatedRun first = new SimulatedRun(SteeredLearner.stepsAtOnce(), prompt -> true);
        try (Run run = Run.start(first.plan(5))) {
            run.completion().toCompletableFuture().get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
        }
        try (Run run = Run.start(first.plan(9, first.disk().last()))) {
            RunFinished finished = run.completion().toCompletableFuture().get(DEADLINE.toSeconds(), TimeUnit.SECONDS);

            assertThat(finished.version()).isEqualTo(new PolicyVersion(9));
            assertThat(finished.groups().trained()).isEqualTo(18);
            assertThat(first.trainedInOrder()).isTrue();
            assertThat(first.disk().last().cursor()).isEqualTo(18);
        }
    }

    @Test
    void aCommandThatTheRunCannotCarryOutIsRefusedByKind() {
        SimulatedRun simulated = new SimulatedRun();
        try (Run run = Run.start(simulated.plan(5))) {
            simulated.learner().nextStep().end();
            simulated.learner().nextStep();

            assertThat(run.resume()).succeedsWithin(DEADLINE);
            assertThat(run.stop(StopMode.NOW)).succeedsWithin(DEADLINE);
            assertThat(run.resume())
                    .failsWithin(DEADLINE)
                    .withThrowableOfType(ExecutionException.class)
                    .havingCause()
                    .isInstanceOfSatisfying(
                            RefusedException.class,
                            refusal -> assertThat(refusal.kind()).isEqualTo(Kind.FAILED_PRECONDITION))
                    .withMessage("the run is ending");
        }
    }

    /** Without waiting for any actor: this step ends only afterwards. */
    @Test
    void aPauseNowHasHaltedTheEnginesWhenTheCommandIsGiven() {
        SimulatedRun simulated = new SimulatedRun();
        try (Run run = Run.start(simulated.plan(5))) {
            SteeredLearner.Step step = simulated.learner().nextStep();
            awaitBothEngines(simulated);

            var paused = run.pause(PauseMode.NOW);

            assertThat(simulated.engines()).allMatch(SteeredGenerator::isHalted);
            awaitForwarded(run);
            step.end();
            assertThat(paused).succeedsWithin(DEADLINE);
            assertThat(run.resume()).succeedsWithin(DEADLINE);
            eventually(() -> simulated.engines().stream().noneMatch(SteeredGenerator::isHalted), "all engines go on");
        }
    }

    @Test
    void aRefusedPauseLeavesTheEnginesGoingOn() {
        SimulatedRun simulated = new SimulatedRun();
        try (Run run = Run.start(simulated.plan(5))) {
            SteeredLearner.Step step = simulated.learner().nextStep();
            awaitBothEngines(simulated);
            assertThat(run.stop(StopMode.DRAIN)).succeedsWithin(DEADLINE);

            assertThat(run.pause(PauseMode.NOW))
                    .failsWithin(DEADLINE)
                    .withThrowableOfType(ExecutionException.class)
                    .withMessageContaining("the run is ending");

            eventually(() -> simulated.engines().stream().noneMatch(SteeredGenerator::isHalted), "all engines go on");
            step.end();
        }
    }

    @Test
    void aCommandThatWaitsForAStepIsRefusedWhenTheRunFailsFirst() {
        SimulatedRun simulated = new SimulatedRun();
        try (Run run = Run.start(simulated.plan(5))) {
            SteeredLearner.Step step = simulated.learner().nextStep();
            var switched = run.switchDivergence("js", OptionalDouble.empty());
            awaitForwarded(run);

            step.fail("no memory");

            assertThat(switched)
                    .failsWithin(DEADLINE)
                    .withThrowableOfType(ExecutionException.class)
                    .withMessageContaining("the run ended before it could do that");
        }
    }

    /** From which the process takes its exit code. */
    @Test
    void aLearnerThatFindsNoMemoryIsTheRootOfTheRunsFailure() {
        SimulatedRun simulated = new SimulatedRun();
        try (Run run = Run.start(simulated.plan(5))) {
            simulated.learner().nextStep().fail(new OutOfMemoryError("Cannot reserve 8 bytes of direct buffer memory"));

            assertThat(run.completion())
                    .failsWithin(DEADLINE)
                    .withThrowableOfType(ExecutionException.class)
                    .havingRootCause()
                    .isInstanceOf(OutOfMemoryError.class);
        }
    }

    @Test
    void closingARunThatHasNotEndedFailsIt() {
        SimulatedRun simulated = new SimulatedRun();
        Run run = Run.start(simulated.plan(5));
        simulated.learner().nextStep();

        run.close();

        assertThat(run.completion())
                .failsWithin(DEADLINE)
                .withThrowableOfType(ExecutionException.class)
                .withMessageContaining("the run's coordinator stopped before the run had ended");
        assertThat(simulated.engines()).allMatch(SteeredGenerator::isClosed);
    }

    @Test
    void refusesAPlanWhoseObjectiveLacksItsReference() {
        RunPlan plan = new SimulatedRun().plan(5);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RunPlan(
                        plan.run(),
                        plan.feed(),
                        plan.learner(),
                        Optional.empty(),
                        Samples.parameters("js", 0.1, ""),
                        plan.steering(),
                        plan.checkpoints(),
                        plan.start(),
                        plan.ahead(),
                        plan.totalSteps(),
                        plan.events(),
                        plan.nanoTime()))
                .withMessage("objective grpo with divergence js needs reference log-probs, and the run has no reference"
                        + " (freshet.reference = off): choose divergence none, or a reference");
    }

    @Test
    void refusesAPlanWhoseObjectiveLacksItsRehearsal() {
        RunPlan plan = new SimulatedRun().plan(5);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RunPlan(
                        plan.run(),
                        plan.feed(),
                        plan.learner(),
                        Optional.empty(),
                        Samples.parameters(
                                "js", 0.1, "freshet { divergence-estimator = rehearsal, rehearsal.from = set }"),
                        plan.steering(),
                        plan.checkpoints(),
                        plan.start(),
                        plan.ahead(),
                        plan.totalSteps(),
                        plan.events(),
                        plan.nanoTime()))
                .withMessage(
                        "objective grpo with divergence js estimated on rehearsal needs a rehearsal set, and the run has"
                                + " none (freshet.rehearsal.from = off): choose another divergence-estimator, or a set");
    }

    /** What was commanded before this has reached whom it concerns, so that a step that ends afterwards is followed by it. */
    private static void awaitForwarded(Run run) {
        assertThat(run.status()).succeedsWithin(DEADLINE);
    }

    private static void awaitBothEngines(SimulatedRun simulated) {
        eventually(
                () -> simulated.engines().size() == 2
                        && simulated.engines().stream().allMatch(SteeredGenerator::hasBeenResumed),
                "both engines are open and at work");
    }

    private static List<Long> evenNumbersBelow(long end) {
        return LongStream.range(0, end / 2).mapToObj(half -> 2 * half).toList();
    }

    private static void finishAll(SteeredGenerator engine) {
        for (long sequence = 0; sequence < 200; sequence++) {
            engine.finish(sequence);
        }
    }
}
