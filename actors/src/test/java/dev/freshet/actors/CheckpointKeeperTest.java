package dev.freshet.actors;

import static dev.freshet.actors.TestActors.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.Behaviors;
import akka.pattern.StatusReply;
import dev.freshet.model.checkpoint.Checkpoint;
import dev.freshet.model.learning.StepReport;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.streams.PipelineEvent.CheckpointFailed;
import dev.freshet.streams.PipelineEvent.CheckpointWritten;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class CheckpointKeeperTest {
    private static final ActorTestKit kit = TestActors.withManualTime();

    private static final PolicyVersion LAST = new PolicyVersion(6);

    private final ManualTime time = ManualTime.get(kit.system());
    private final RecordedEvents events = new RecordedEvents();
    private final WrittenStates disk = new WrittenStates();
    private final SteeredLearner learner = SteeredLearner.stepsAtOnce();
    private final ParametersInForce inForce = new ParametersInForce(Samples.parameters("none", 0, ""));
    private final ActorRef<Learner.Command> steps = spawnLearner();
    private final TestProbe<StatusReply<CheckpointWritten>> answers = kit.createTestProbe();
    private final TestProbe<StatusReply<StepReport>> reports = kit.createTestProbe();
    private long nextGroup;

    @AfterAll
    static void shutDown() {
        kit.shutdownTestKit();
    }

    @Test
    void writesWhenTold() {
        ActorRef<CheckpointKeeper.Command> keeper = spawn(0);

        keeper.tell(new CheckpointKeeper.Save(answers.getRef()));

        CheckpointWritten written = answers.receiveMessage().getValue();
        assertThat(written.version()).isEqualTo(PolicyVersion.INITIAL);
        assertThat(written.path()).isEqualTo("step-0");
        assertThat(events.of(CheckpointWritten.class)).containsExactly(written);
        eventually(() -> learner.openSnapshots() == 0, "the copy is closed");
    }

    @Test
    void writesEveryDueVersionButTheLastWhichIsOrdered() {
        ActorRef<CheckpointKeeper.Command> keeper = spawn(2);
        keeper.tell(new CheckpointKeeper.Save(answers.getRef()));
        assertThat(answers.receiveMessage().isSuccess()).isTrue();

        for (int step = 1; step <= 6; step++) {
            step();
            int due = 1 + Math.min(step, 5) / 2;
            eventually(() -> disk.all().size() == due, "what is due is written");
        }

        assertThat(disk.last().cursor()).isEqualTo(4);

        keeper.tell(new CheckpointKeeper.Save(answers.getRef()));
        assertThat(answers.receiveMessage().isSuccess()).isTrue();
        assertThat(disk.versions()).containsExactly(0L, 2L, 4L, 6L);
    }

    @Test
    void aFailedWriteIsAnnouncedAndTheNextOneGoesThrough() {
        ActorRef<CheckpointKeeper.Command> keeper = spawn(1);
        disk.full(true);

        keeper.tell(new CheckpointKeeper.Save(answers.getRef()));

        RefusedException refusal = (RefusedException) answers.receiveMessage().getError();
        assertThat(refusal.kind()).isEqualTo(RefusedException.Kind.FAILED_PRECONDITION);
        assertThat(refusal)
                .hasMessageStartingWith("no space left on device; a checkpoint needs room on the run's disk");
        assertThat(events.next(CheckpointFailed.class))
                .isEqualTo(new CheckpointFailed(PolicyVersion.INITIAL, "no space left on device"));
        disk.full(false);
        keeper.tell(new CheckpointKeeper.Save(answers.getRef()));
        assertThat(answers.receiveMessage().isSuccess()).isTrue();
        step();
        eventually(() -> disk.versions().contains(1L), "the next that is due goes through");
        eventually(() -> learner.openSnapshots() == 0, "the copies are closed");
    }

    @Test
    void aCopyThatTheLearnerRefusesIsRefusedInItsWords() {
        TestProbe<Learner.Command> busy = kit.createTestProbe();
        ActorRef<CheckpointKeeper.Command> keeper = spawn(0, "off", busy.getRef());
        keeper.tell(new CheckpointKeeper.Save(answers.getRef()));
        RefusedException refusal = new RefusedException(RefusedException.Kind.FAILED_PRECONDITION, "too many wait");

        busy.expectMessageClass(Learner.TakeSnapshotWhenDue.class);
        busy.expectMessageClass(Learner.TakeSnapshot.class).replyTo().tell(StatusReply.error(refusal));

        assertThat(answers.receiveMessage().getError()).isEqualTo(refusal);
    }

    @Test
    void aCopyThatDoesNotComeIsOverdueInWordsOfOurs() {
        TestProbe<Learner.Command> hung = kit.createTestProbe();
        ActorRef<CheckpointKeeper.Command> keeper = spawn(0, "off", hung.getRef());
        keeper.tell(new CheckpointKeeper.Save(answers.getRef()));
        hung.expectMessageClass(Learner.TakeSnapshotWhenDue.class);
        hung.expectMessageClass(Learner.TakeSnapshot.class);

        time.timePasses(inForce.settings().afterStepTimeout());

        assertThat(answers.receiveMessage().getError())
                .isInstanceOf(OverdueException.class)
                .hasMessage("a copy of the weights, after the running step, did not come within "
                        + inForce.settings().afterStepTimeout().toSeconds()
                        + " s (freshet.actors.learn-timeout and freshet.actors.command-timeout), and may come about"
                        + " still: ask for the run's status before trying again");
    }

    @Test
    void aDueWriteThatFailsIsTriedAgainWhenTheNextIsDue() {
        spawn(2);
        step();
        disk.full(true);
        step();
        assertThat(events.next(CheckpointFailed.class).version()).isEqualTo(new PolicyVersion(2));

        step();
        disk.full(false);
        step();

        assertThat(events.next(CheckpointWritten.class).version()).isEqualTo(new PolicyVersion(4));
        assertThat(disk.versions()).containsExactly(4L);
        eventually(() -> learner.openSnapshots() == 0, "the copies are closed");
    }

    @Test
    void oneIsDueAfterTheTimeThatIsSetIfAStepWasTaken() {
        ActorRef<CheckpointKeeper.Command> keeper = spawn(0, "10 minutes");
        step();
        time.timePasses(Duration.ofMinutes(9));
        assertThat(disk.all()).isEmpty();

        time.timePasses(Duration.ofMinutes(1));

        eventually(() -> disk.versions().equals(List.of(1L)), "the newest version is written though no step runs");
        awaitIdle(keeper);
        time.timePasses(Duration.ofMinutes(30));
        step();
        eventually(() -> disk.versions().equals(List.of(1L, 2L)), "the next version is written as soon as it is made");
    }

    @Test
    void theTimeIsCountedFromTheNewestCheckpointOnWhateverItWasDueBy() {
        ActorRef<CheckpointKeeper.Command> keeper = spawn(2, "10 minutes");
        step();
        time.timePasses(Duration.ofMinutes(6));
        step();
        eventually(() -> disk.versions().equals(List.of(2L)), "the second version is due by its number");
        awaitIdle(keeper);
        step();

        time.timePasses(Duration.ofMinutes(6));
        assertThat(disk.versions()).containsExactly(2L);
        time.timePasses(Duration.ofMinutes(4));

        eventually(() -> disk.versions().equals(List.of(2L, 3L)), "the third is due by time");
        step();
        eventually(() -> disk.versions().equals(List.of(2L, 3L, 4L)), "the fourth by its number again");
    }

    @Test
    void whatCannotBeOpenedIsRefusedInTheWordsOfTheDisk() {
        ActorRef<CheckpointKeeper.Command> keeper = spawn(0);
        TestProbe<StatusReply<Checkpoint>> opened = kit.createTestProbe();

        keeper.tell(new CheckpointKeeper.Open(new PolicyVersion(3), opened.getRef()));

        assertThat(opened.receiveMessage().getError())
                .isInstanceOf(RefusedException.class)
                .hasMessage("there is no checkpoint of v3");
        keeper.tell(new CheckpointKeeper.Save(answers.getRef()));
        assertThat(answers.receiveMessage().isSuccess()).isTrue();
        keeper.tell(new CheckpointKeeper.Open(PolicyVersion.INITIAL, opened.getRef()));
        assertThat(opened.receiveMessage().getValue().state().version()).isEqualTo(PolicyVersion.INITIAL);
    }

    private ActorRef<CheckpointKeeper.Command> spawn(int interval) {
        return spawn(interval, "off");
    }

    private ActorRef<CheckpointKeeper.Command> spawn(int interval, String every) {
        return spawn(interval, every, steps);
    }

    private ActorRef<CheckpointKeeper.Command> spawn(int interval, String every, ActorRef<Learner.Command> copies) {
        inForce.set(Samples.parameters(
                "none", 0, "freshet.checkpoint { interval = " + interval + ", every = " + every + " }"));
        ActorSettings settings = inForce.settings();
        ActorRef<CheckpointKeeper.Command> keeper = kit.spawn(Behaviors.supervise(
                        CheckpointKeeper.create(disk, copies, PolicyVersion.INITIAL, LAST, settings, events))
                .onFailure(SupervisorStrategy.restart()));
        awaitIdle(keeper);
        return keeper;
    }

    /** All that was sent to it has been handled. */
    private void awaitIdle(ActorRef<CheckpointKeeper.Command> keeper) {
        TestProbe<StatusReply<Checkpoint>> opened = kit.createTestProbe();
        keeper.tell(new CheckpointKeeper.Open(new PolicyVersion(999), opened.getRef()));
        assertThat(opened.receiveMessage().isError()).isTrue();
    }

    private ActorRef<Learner.Command> spawnLearner() {
        return kit.spawn(Learner.create(Samples.collaborators(
                learner,
                true,
                TestSteering.of(""),
                inForce,
                events,
                kit.<Learner.Notice>createTestProbe().getRef())));
    }

    private void step() {
        steps.tell(new Learner.Learn(Samples.toLearn(nextGroup++, 1), reports.getRef()));
        assertThat(reports.receiveMessage().isSuccess()).isTrue();
    }
}
