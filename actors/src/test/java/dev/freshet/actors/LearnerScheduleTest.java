package dev.freshet.actors;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.pattern.StatusReply;
import dev.freshet.actors.RunControl.ChangeMode;
import dev.freshet.model.checkpoint.Checkpoint;
import dev.freshet.model.learning.StepReport;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.streams.ChangeOrigin;
import dev.freshet.streams.PipelineEvent.DivergenceSwitched;
import dev.freshet.streams.PipelineEvent.ParameterChanged;
import dev.freshet.streams.PipelineEvent.RolledBack;
import dev.freshet.streams.PipelineEvent.SteeringTakenBack;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What commands changed behind the checkpoint comes again before the step that it came before. */
class LearnerScheduleTest {
    private static final ActorTestKit kit = TestActors.create();
    private static final TestSteering STEERING = TestSteering.of("freshet.train.learning-rate-schedule = constant\n"
            + "freshet.train.learning-rate-warm-up-steps = 0\nfreshet.checkpoint.interval = 0");
    private static final String RATE = TestSteering.LEARNING_RATE;

    private final RecordedEvents events = new RecordedEvents();
    private final SteeredLearner learner = SteeredLearner.stepsAtOnce();
    private final ParametersInForce inForce = new ParametersInForce(STEERING.parameters());
    private final TestProbe<StatusReply<StepReport>> steps = kit.createTestProbe();
    private final TestProbe<StatusReply<ParameterChanged>> changes = kit.createTestProbe();
    private final TestProbe<StatusReply<Learner.Snapshot>> snapshots = kit.createTestProbe();
    private long nextGroup;

    @AfterAll
    static void shutDown() {
        kit.shutdownTestKit();
    }

    @Test
    void eachComesBeforeItsStepAndIsTold() {
        ActorRef<Learner.Command> actor = resumed(
                scheduled(3, Map.of(RATE, "2e-4")),
                scheduled(4, Map.of(RunParameters.DIVERGENCE, "js", RunParameters.COEFFICIENT, "0.3")),
                scheduled(5, Map.of(RATE, "3e-4")));

        assertThat(rates(actor, 6)).containsExactly(1e-3, 1e-3, 2e-4, 2e-4, 3e-4, 3e-4);

        assertThat(events.of(ParameterChanged.class))
                .containsExactly(
                        new ParameterChanged(RATE, "1e-3", "2e-4", version(3), ChangeOrigin.RESUME),
                        new ParameterChanged(RATE, "2e-4", "3e-4", version(5), ChangeOrigin.RESUME));
        assertThat(events.of(DivergenceSwitched.class))
                .containsExactly(new DivergenceSwitched("none", 0.1, "js", 0.3, version(4), ChangeOrigin.RESUME));
        assertThat(events.of(SteeringTakenBack.class)).isEmpty();
    }

    @Test
    void aTemperatureComesForWhatIsSampledFromItsVersion() {
        ActorRef<Learner.Command> actor = resumed(scheduled(2, Map.of(TestSteering.TEMPERATURE, "0.5")));
        rates(actor, 1);
        assertThat(inForce.get().temperature()).isEqualTo(1.0);
        rates(actor, 1);
        assertThat(inForce.get().temperature()).isEqualTo(0.5);
    }

    /** The newer one is the last word; it says nothing of other keys. */
    @Test
    void aNewerCommandWinsOverWhatWouldComeAgain() {
        ActorRef<Learner.Command> actor = resumed(
                scheduled(3, Map.of(RATE, "2e-4", TestSteering.CLIP_LOW, "0.1")), scheduled(5, Map.of(RATE, "3e-4")));
        rates(actor, 1);

        actor.tell(new Learner.Steer<>(new ParameterChange(RATE, "7e-4"), ChangeMode.CARRY_OUT, changes.getRef()));

        assertThat(changes.receiveMessage().getValue().firstVersion()).isEqualTo(version(2));
        assertThat(rates(actor, 5)).containsOnly(7e-4);
        String why = "a newer command has set it otherwise";
        assertThat(events.of(SteeringTakenBack.class))
                .containsExactly(
                        new SteeringTakenBack(Map.of(RATE, "2e-4"), version(3), why),
                        new SteeringTakenBack(Map.of(RATE, "3e-4"), version(5), why));
        assertThat(events.of(ParameterChanged.class))
                .contains(new ParameterChanged(TestSteering.CLIP_LOW, "0.2", "0.1", version(3), ChangeOrigin.RESUME));
    }

    @Test
    void aDryRunAndARefusalTakeNothingBack() {
        ActorRef<Learner.Command> actor = resumed(scheduled(2, Map.of(RATE, "2e-4")));
        actor.tell(new Learner.Steer<>(new ParameterChange(RATE, "7e-4"), ChangeMode.DRY_RUN, changes.getRef()));
        actor.tell(new Learner.Steer<>(new ParameterChange(RATE, "-1"), ChangeMode.CARRY_OUT, changes.getRef()));
        changes.receiveSeveralMessages(2);

        assertThat(rates(actor, 2)).containsExactly(1e-3, 2e-4);
    }

    @Test
    void whatBreaksARuleByThenIsTakenBackAndTheRunGoesOn() {
        ActorRef<Learner.Command> actor = resumed(scheduled(2, Map.of(RATE, "-1")), scheduled(3, Map.of(RATE, "2e-4")));

        assertThat(rates(actor, 3)).containsExactly(1e-3, 1e-3, 2e-4);
        SteeringTakenBack told = events.of(SteeringTakenBack.class).get(0);
        assertThat(told.settings()).isEqualTo(Map.of(RATE, "-1"));
        assertThat(told.why()).contains("must be finite and above 0, was -1.0");
    }

    @Test
    void aCheckpointOfTheVersionBeforeHasIt() {
        ActorRef<Learner.Command> actor = resumed(scheduled(3, Map.of(RATE, "2e-4")));
        rates(actor, 2);
        actor.tell(new Learner.TakeSnapshot(snapshots.getRef()));

        assertThat(snapshots.receiveMessage().getValue().state().parameters().inForce())
                .containsEntry(RATE, "2e-4");
    }

    @Test
    void aRollbackDecidesOnAllThatIsInForceAndNothingComesAgainAfterIt() {
        ActorRef<Learner.Command> actor = resumed(scheduled(3, Map.of(RATE, "2e-4")));
        TestProbe<StatusReply<RolledBack>> rollbacks = kit.createTestProbe();
        Checkpoint checkpoint = new Checkpoint(Path.of("step-0"), Samples.begin(), List.of(), List.of());
        actor.tell(new Learner.Restore(checkpoint, 0, rollbacks.getRef()));
        assertThat(rollbacks.receiveMessage().isSuccess()).isTrue();

        assertThat(rates(actor, 3)).containsOnly(1e-3);
        assertThat(events.of(SteeringTakenBack.class))
                .containsExactly(
                        new SteeringTakenBack(Map.of(RATE, "2e-4"), version(3), "the run was rolled back since"));
    }

    private List<Double> rates(ActorRef<Learner.Command> actor, int times) {
        return IntStream.range(0, times)
                .mapToObj(step -> {
                    actor.tell(new Learner.Learn(Samples.toLearn(nextGroup++, 1), steps.getRef()));
                    return steps.receiveMessage().getValue().learningRate();
                })
                .toList();
    }

    private static ScheduledChange scheduled(long firstVersion, Map<String, String> settings) {
        return new ScheduledChange(version(firstVersion), settings);
    }

    private static PolicyVersion version(long number) {
        return new PolicyVersion(number);
    }

    private ActorRef<Learner.Command> resumed(ScheduledChange... ahead) {
        return kit.spawn(Learner.create(Samples.collaborators(
                learner,
                true,
                STEERING,
                inForce,
                List.of(ahead),
                events,
                kit.<Learner.Notice>createTestProbe().getRef())));
    }
}
