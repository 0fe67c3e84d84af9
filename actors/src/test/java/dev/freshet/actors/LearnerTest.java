package dev.freshet.actors;

import static dev.freshet.actors.TestActors.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.pattern.StatusReply;
import dev.freshet.actors.RefusedException.Kind;
import dev.freshet.actors.RunControl.ChangeMode;
import dev.freshet.actors.SteeredLearner.Step;
import dev.freshet.model.learning.StepReport;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.streams.ChangeOrigin;
import dev.freshet.streams.PipelineEvent.DivergenceSwitched;
import dev.freshet.streams.PipelineEvent.RolloutsSampled;
import dev.freshet.streams.SampledRollout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class LearnerTest {
    private static final ActorTestKit kit = TestActors.withManualTime();

    private static final TestSteering STEERING = TestSteering.of("""
            freshet.actors.learn-timeout = 1 minute
            freshet.train.max-nonfinite-steps = 2
            freshet.checkpoint.interval = 2
            """);

    private final ManualTime time = ManualTime.get(kit.system());
    private final RecordedEvents events = new RecordedEvents();
    private final SteeredLearner learner = SteeredLearner.stepsOnCommand();
    private final ParametersInForce inForce = new ParametersInForce(STEERING.parameters());
    private final TestProbe<Learner.Notice> owner = kit.createTestProbe();
    private final TestProbe<StatusReply<StepReport>> steps = kit.createTestProbe();
    private final TestProbe<StatusReply<DivergenceSwitched>> switches = kit.createTestProbe();
    private final TestProbe<StatusReply<Learner.Snapshot>> snapshots = kit.createTestProbe();
    private long nextGroup;

    @AfterAll
    static void shutDown() {
        kit.shutdownTestKit();
    }

    @Test
    void aSwitchBetweenStepsHoldsForTheNext() {
        ActorRef<Learner.Command> actor = spawn(true);

        switchTo(actor, "js", OptionalDouble.of(0.3));

        DivergenceSwitched expected =
                new DivergenceSwitched("none", 0.1, "js", 0.3, new PolicyVersion(1), ChangeOrigin.COMMAND);
        assertThat(switches.receiveMessage().getValue()).isEqualTo(expected);
        assertThat(events.of(DivergenceSwitched.class)).containsExactly(expected);
        learn(actor);
        assertThat(learner.nextStep().objective().regularisation().spec()).isEqualTo("js");
    }

    @Test
    void aSwitchDuringAStepWaitsForItsEnd() {
        ActorRef<Learner.Command> actor = spawn(true);
        learn(actor);
        Step running = learner.nextStep();

        switchTo(actor, "reverse-kl", OptionalDouble.empty());
        switches.expectNoMessage(Duration.ZERO);
        assertThat(inForce.get().objective().regularisation().spec()).isEqualTo("none");
        running.end();

        assertThat(steps.receiveMessage().getValue().divergence()).isEqualTo("none");
        assertThat(switches.receiveMessage().getValue())
                .isEqualTo(new DivergenceSwitched(
                        "none", 0.1, "reverse-kl", 0.1, new PolicyVersion(2), ChangeOrigin.COMMAND));
        learn(actor);
        learner.nextStep().end();
        assertThat(steps.receiveMessage().getValue().divergence()).isEqualTo("reverse-kl");
    }

    /** Commands arrive at random moments; what an answer promised must be what the steps then were taken with. */
    @Test
    void everyStepHasTheDivergenceThatTheAnswersPromised() {
        ActorRef<Learner.Command> actor = spawn(true);
        Random random = new Random(11);
        List<String> specs = List.of("none", "js", "reverse-kl", "forward-kl", "alpha:0.5");
        List<StepReport> reports = new ArrayList<>();
        int switched = 0;
        for (int step = 0; step < 200; step++) {
            switched += switchAtRandom(actor, random, specs);
            learn(actor);
            Step running = learner.nextStep();
            switched += switchAtRandom(actor, random, specs);
            running.end();
            reports.add(steps.receiveMessage().getValue());
        }
        List<DivergenceSwitched> answers = new ArrayList<>();
        for (int i = 0; i < switched; i++) {
            answers.add(switches.receiveMessage().getValue());
        }

        assertThat(answers).hasSizeGreaterThan(50).isEqualTo(events.of(DivergenceSwitched.class));
        for (StepReport report : reports) {
            String promised = answers.stream()
                    .filter(answer -> answer.firstVersion().compareTo(report.version()) <= 0)
                    .reduce((earlier, later) -> later)
                    .map(DivergenceSwitched::toSpec)
                    .orElse("none");
            assertThat(report.divergence()).as("of %s", report.version()).isEqualTo(promised);
        }
    }

    private int switchAtRandom(ActorRef<Learner.Command> actor, Random random, List<String> specs) {
        int times = random.nextInt(3);
        for (int i = 0; i < times; i++) {
            switchTo(actor, specs.get(random.nextInt(specs.size())), OptionalDouble.of(random.nextDouble()));
        }
        return times;
    }

    @Test
    void refusesADivergenceThatNeedsTheReferenceWhichTheRunLacks() {
        ActorRef<Learner.Command> actor = spawn(false);

        switchTo(actor, "js", OptionalDouble.empty());

        assertRefused(
                Kind.FAILED_PRECONDITION,
                "divergence js needs reference log-probs, and this run has no reference (freshet.reference = off): only"
                        + " a new run can have one");
        assertThat(inForce.get().objective().regularisation().spec()).isEqualTo("none");
    }

    @Test
    void refusesAnUnknownDivergence() {
        switchTo(spawn(true), "kl", OptionalDouble.empty());

        assertThat(refusal().kind()).isEqualTo(Kind.INVALID_ARGUMENT);
        assertThat(inForce.get().objective().regularisation().spec()).isEqualTo("none");
    }

    @Test
    void refusesACoefficientThatIsNoNumber() {
        switchTo(spawn(true), "js", OptionalDouble.of(Double.NaN));

        assertRefused(
                Kind.INVALID_ARGUMENT,
                "divergence coefficient must be finite and at least 0, was NaN (freshet.divergence-coefficient)");
    }

    @Test
    void refusesMoreCommandsThanCanWaitForTheStep() {
        ActorRef<Learner.Command> actor = spawn(true);
        learn(actor);
        Step running = learner.nextStep();
        for (int i = 0; i <= 100; i++) {
            switchTo(actor, "js", OptionalDouble.empty());
        }

        assertRefused(
                Kind.FAILED_PRECONDITION, "at most 100 commands can wait for the running step: try again after it");
        running.end();
        assertThat(steps.receiveMessage().isSuccess()).isTrue();
        assertThat(switches.receiveSeveralMessages(100)).allMatch(StatusReply::isSuccess);
    }

    @Test
    void publishesAFewDecodedRolloutsOfEachStep() {
        ActorRef<Learner.Command> actor = spawn(true);
        actor.tell(new Learner.Learn(Samples.toLearn(0, 4), steps.getRef()));
        learner.nextStep().end();

        assertThat(events.next(RolloutsSampled.class))
                .isEqualTo(new RolloutsSampled(
                        new PolicyVersion(1),
                        List.of(
                                new SampledRollout(0, "0+0=", "a", 1, 0, 0),
                                new SampledRollout(2, "2+0=", "a", 1, 0, 0))));
    }

    @Test
    void tellsOfTooManyNonfiniteStepsInARow() {
        ActorRef<Learner.Command> actor = spawn(true);
        step(actor, true);
        step(actor, false);
        step(actor, true);
        owner.receiveSeveralMessages(3);

        step(actor, true);

        assertThat(owner.receiveMessage()).isInstanceOf(Learner.Stepped.class);
        assertThat(owner.receiveMessage())
                .isEqualTo(new Learner.TooManyNonfinite("2 steps in a row had a non-finite loss or gradient"
                        + " (freshet.train.max-nonfinite-steps): look at the learning rate, the divergence"
                        + " coefficient and the temperature"));
    }

    @Test
    void aSnapshotDuringAStepIsOfTheStateAfterIt() {
        ActorRef<Learner.Command> actor = spawn(true);
        actor.tell(new Learner.Learn(Samples.toLearn(4, 2), steps.getRef()));
        Step running = learner.nextStep();
        actor.tell(new Learner.TakeSnapshot(snapshots.getRef()));
        snapshots.expectNoMessage(Duration.ZERO);
        running.end();

        Learner.Snapshot snapshot = snapshots.receiveMessage().getValue();
        assertThat(snapshot.state().version()).isEqualTo(new PolicyVersion(1));
        assertThat(snapshot.state().optimizerSteps()).isEqualTo(1);
        assertThat(snapshot.state().cursor()).isEqualTo(6);
        assertThat(snapshot.state().seed()).isEqualTo(7);
    }

    @Test
    void anOrderedSnapshotComesAtTheNextDueVersionOnce() {
        ActorRef<Learner.Command> actor = spawn(true);
        actor.tell(new Learner.TakeSnapshotWhenDue(
                Learner.Due.BY_NUMBER, PolicyVersion.INITIAL, new PolicyVersion(100), snapshots.getRef()));
        for (int i = 0; i < 5; i++) {
            step(actor, false);
        }

        assertThat(snapshots.receiveMessage().getValue().state().version()).isEqualTo(new PolicyVersion(2));
        snapshots.expectNoMessage(Duration.ZERO);
    }

    @Test
    void stopsAfterAFailedStep() {
        ActorRef<Learner.Command> actor = spawn(true);
        learn(actor);

        learner.nextStep().fail("no memory");

        assertThat(steps.receiveMessage().getError()).hasMessage("the step failed: no memory");
        owner.expectTerminated(actor);
    }

    @Test
    void stopsWhenAStepIsOverdue() {
        ActorRef<Learner.Command> actor = spawn(true);
        learn(actor);
        Step running = learner.nextStep();
        assertThat(running.objective()).isNotNull();

        time.timePasses(Duration.ofMinutes(1));

        assertThat(steps.receiveMessage().getError())
                .hasMessage("the step did not end within PT1M (freshet.actors.learn-timeout)");
        owner.expectTerminated(actor);
    }

    @Test
    void answersTheRunningStepWhenItIsStopped() {
        ActorRef<Learner.Command> actor = spawn(true);
        learn(actor);
        eventually(learner::hasBegunAStep, "the step runs");

        kit.stop(actor);

        assertThat(steps.receiveMessage().getError()).hasMessage("the learner stopped");
    }

    private ActorRef<Learner.Command> spawn(boolean hasReference) {
        return kit.spawn(Learner.create(
                Samples.collaborators(learner, hasReference, STEERING, inForce, events, owner.getRef())));
    }

    private void learn(ActorRef<Learner.Command> actor) {
        actor.tell(new Learner.Learn(Samples.toLearn(nextGroup++, 1), steps.getRef()));
    }

    private void step(ActorRef<Learner.Command> actor, boolean nonfinite) {
        learn(actor);
        Step step = learner.nextStep();
        if (nonfinite) {
            step.endNonfinite();
        } else {
            step.end();
        }
        assertThat(steps.receiveMessage().isSuccess()).isTrue();
    }

    private void switchTo(ActorRef<Learner.Command> actor, String spec, OptionalDouble coefficient) {
        actor.tell(
                new Learner.Steer<>(new DivergenceChange(spec, coefficient), ChangeMode.CARRY_OUT, switches.getRef()));
    }

    private RefusedException refusal() {
        return (RefusedException) switches.receiveMessage().getError();
    }

    private void assertRefused(Kind kind, String message) {
        RefusedException refusal = refusal();
        assertThat(refusal).hasMessage(message);
        assertThat(refusal.kind()).isEqualTo(kind);
    }
}
