package dev.freshet.actors;

import static dev.freshet.actors.TestActors.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.Behaviors;
import akka.pattern.StatusReply;
import dev.freshet.model.learning.StepReport;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.streams.GroupCounts;
import dev.freshet.streams.PipelineEvent.CheckpointFailed;
import dev.freshet.streams.PipelineEvent.CheckpointWritten;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class CheckpointKeeperTest {
    private static final ActorTestKit kit = TestActors.create();

    private static final PolicyVersion LAST = new PolicyVersion(6);

    private final RecordedEvents events = new RecordedEvents();
    private final WrittenStates disk = new WrittenStates();
    private final SteeredLearner learner = SteeredLearner.stepsAtOnce();
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

        assertThat(answers.receiveMessage().getError()).hasMessage("no space left on device");
        assertThat(events.next(CheckpointFailed.class))
                .isEqualTo(new CheckpointFailed(PolicyVersion.INITIAL, "no space left on device"));
        disk.full(false);
        keeper.tell(new CheckpointKeeper.Save(answers.getRef()));
        assertThat(answers.receiveMessage().isSuccess()).isTrue();
        step();
        eventually(() -> disk.versions().contains(1L), "the restarted keeper has ordered the next due copy");
        assertThat(learner.openSnapshots()).isZero();
    }

    private ActorRef<CheckpointKeeper.Command> spawn(int interval) {
        ActorSettings settings = Samples.settings("freshet.checkpoint.interval = " + interval);
        return kit.spawn(Behaviors.supervise(CheckpointKeeper.create(disk, steps, LAST, settings, events))
                .onFailure(SupervisorStrategy.restart()));
    }

    private ActorRef<Learner.Command> spawnLearner() {
        Learner.Collaborators with = new Learner.Collaborators(
                learner,
                true,
                new ObjectiveInForce(Samples.objective("none", 0)),
                TrainingRecord.from(Samples.begin()),
                new RolloutSamples(LetterTask.wantsTheLetterA().tokenizer(), 0),
                () -> new GroupCounts(100, 0, Map.of(), 0, 100),
                () -> {},
                events,
                kit.<Learner.Notice>createTestProbe().getRef());
        return kit.spawn(Learner.create(with, Samples.settings("")));
    }

    private void step() {
        steps.tell(new Learner.Learn(Samples.batch(nextGroup++, 1), reports.getRef()));
        assertThat(reports.receiveMessage().isSuccess()).isTrue();
    }
}
