package dev.freshet.actors;

import static dev.freshet.actors.TestActors.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.Behaviors;
import dev.freshet.model.rollout.FinishReason;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.rollout.RolloutGroup;
import dev.freshet.model.rollout.VerifiedGroup;
import dev.freshet.model.task.Answer;
import dev.freshet.model.task.Task;
import dev.freshet.model.task.Verdict;
import dev.freshet.streams.AnswerVerified;
import dev.freshet.streams.DropReason;
import dev.freshet.streams.Outcome;
import dev.freshet.streams.PipelineEvent.AnswersVerified;
import dev.freshet.streams.PipelineEvent.PartRestarted;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class VerifierTest {
    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final ActorTestKit kit = TestActors.withManualTime();

    private final ManualTime timers = ManualTime.get(kit.system());
    private final AtomicLong clock = new AtomicLong();
    private final RecordedEvents events = new RecordedEvents();
    private final TestProbe<Outcome<VerifiedGroup>> answers = kit.createTestProbe();
    private final Processed<Verifier.Command> processed = new Processed<>(Verifier.Command.class);
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch never = new CountDownLatch(1);

    @AfterAll
    static void shutDown() {
        kit.shutdownTestKit();
    }

    @Test
    void rewardsTheRolloutsInOrderWithoutTheirStopTokens() {
        List<Answer> seen = new CopyOnWriteArrayList<>();
        ActorRef<Verifier.Command> verifier = spawn(new LetterTask((prompt, answer) -> {
            seen.add(answer);
            return new Verdict.Reward(seen.size());
        }));
        RolloutGroup group = new RolloutGroup(
                Samples.admitted(3),
                List.of(
                        Samples.rollout("ab.", FinishReason.STOP, PolicyVersion.INITIAL),
                        Samples.rollout("abc", FinishReason.LENGTH, PolicyVersion.INITIAL),
                        Samples.rollout(".", FinishReason.STOP, PolicyVersion.INITIAL)));

        verifier.tell(new Verifier.Verify(group, answers.getRef()));

        assertThat(answers.receiveMessage())
                .isEqualTo(new Outcome.Passed<>(new VerifiedGroup(group, List.of(1.0, 2.0, 3.0))));
        AnswersVerified told = events.next(AnswersVerified.class);
        assertThat(told.verifier()).isEqualTo("judge");
        assertThat(told.answers()).extracting(AnswerVerified::reward).containsExactly(1.0, 2.0, 3.0);
        assertThat(seen)
                .containsExactly(
                        new Answer("ab", FinishReason.STOP),
                        new Answer("abc", FinishReason.LENGTH),
                        new Answer("", FinishReason.STOP));
    }

    @Test
    void anAnswerWithoutVerdictEndsItsGroupWithTheReason() {
        ActorRef<Verifier.Command> verifier =
                spawn(new LetterTask((prompt, answer) -> new Verdict.Unscorable("no ground truth")));

        verify(verifier, 4);

        assertUnscorable(4, "verifier judge could not score rollout 0: no ground truth");
        assertThat(told()).containsExactly(AnswerVerified.Result.UNSCORABLE);
    }

    @Test
    void aVerifierThatThrowsEndsTheGroupAndNothingElse() {
        ActorRef<Verifier.Command> verifier = spawn(new LetterTask((prompt, answer) -> {
            if (prompt.groundTruth().equals("4")) {
                throw new ArithmeticException("by zero");
            }
            return new Verdict.Reward(1);
        }));

        verify(verifier, 4);
        assertUnscorable(4, "verifier judge could not score rollout 0: it threw ArithmeticException: by zero");
        assertThat(told()).containsExactly(AnswerVerified.Result.THREW);
        verify(verifier, 5);
        assertThat(answers.receiveMessage()).isInstanceOf(Outcome.Passed.class);
    }

    @Test
    void interruptsAVerifierThatHangsAtItsDeadline() throws InterruptedException {
        CountDownLatch interrupted = new CountDownLatch(1);
        ActorRef<Verifier.Command> verifier = spawn(new LetterTask((prompt, answer) -> {
            begun.countDown();
            try {
                never.await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
            return new Verdict.Reward(1);
        }));
        verify(verifier, 4);
        begun.await();
        processed.await("JobBegun");

        timePasses(DEADLINE);

        assertUnscorable(4, "verifier judge did not answer within PT20S (freshet.actors.verify-deadline)");
        interrupted.await();
        assertThat(told()).containsExactly(AnswerVerified.Result.OVERDUE);
    }

    private List<AnswerVerified.Result> told() {
        return events.next(AnswersVerified.class).answers().stream()
                .map(AnswerVerified::result)
                .toList();
    }

    @Test
    void eachAnswerOfAGroupHasADeadlineOfItsOwn() {
        List<Answer> seen = new CopyOnWriteArrayList<>();
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch second = new CountDownLatch(1);
        ActorRef<Verifier.Command> verifier = spawn(new LetterTask((prompt, answer) -> {
            seen.add(answer);
            await(seen.size() == 1 ? first : second);
            return new Verdict.Reward(seen.size());
        }));
        verify(verifier, 4);
        eventually(() -> seen.size() == 1, "the first answer is being verified");
        processed.await("JobBegun");
        timePasses(DEADLINE.minusSeconds(1));
        first.countDown();
        eventually(() -> seen.size() == 2, "the second answer is being verified");
        timePasses(DEADLINE.minusSeconds(1));
        second.countDown();

        assertThat(answers.receiveMessage()).isInstanceOf(Outcome.Passed.class);
    }

    @Test
    void anAnswerThatIsNotTheFirstIsGivenUpAtItsOwnDeadline() {
        CountDownLatch first = new CountDownLatch(1);
        List<Answer> seen = new CopyOnWriteArrayList<>();
        ActorRef<Verifier.Command> verifier = spawn(new LetterTask((prompt, answer) -> {
            seen.add(answer);
            await(seen.size() == 1 ? first : never);
            return new Verdict.Reward(1);
        }));
        verify(verifier, 4);
        processed.await("JobBegun");
        eventually(() -> seen.size() == 1, "the first answer is being verified");
        timePasses(DEADLINE.minusSeconds(1));
        first.countDown();
        eventually(() -> seen.size() == 2, "the second answer is being verified");

        timePasses(Duration.ofSeconds(1));
        processed.await("MaybeOverdue");
        timePasses(DEADLINE.minusSeconds(2));
        answers.expectNoMessage(Duration.ZERO);
        timePasses(Duration.ofSeconds(1));

        assertUnscorable(4, "verifier judge did not answer within PT20S (freshet.actors.verify-deadline)");
        never.countDown();
    }

    /** For the actor's timers and for the clock by which it measures answers. */
    private void timePasses(Duration duration) {
        clock.addAndGet(duration.toNanos());
        timers.timePasses(duration);
    }

    @Test
    void replacesAThreadThatIgnoresItsInterruptAndSaysSo() throws InterruptedException {
        ActorRef<Verifier.Command> verifier = spawn(hangsOnGroup4());
        verify(verifier, 4);
        begun.await();
        processed.await("JobBegun");
        timePasses(DEADLINE);
        assertThat(answers.receiveMessage()).isInstanceOf(Outcome.Dropped.class);

        verify(verifier, 5);
        assertThat(answers.receiveMessage()).isInstanceOf(Outcome.Passed.class);
        timePasses(DEADLINE);

        assertThat(events.next(PartRestarted.class))
                .isEqualTo(new PartRestarted(
                        "verifier thread", "verifier judge ignores its interrupt, 1 of its threads hang"));
        never.countDown();
    }

    @Test
    void failsWhenTooManyThreadsHang() throws InterruptedException {
        ActorRef<Verifier.Command> verifier = spawn(hangsOnGroup4(), "freshet.actors.verify-hung-limit = 1");
        verify(verifier, 4);
        begun.await();
        processed.await("JobBegun");
        timePasses(DEADLINE);
        assertThat(answers.receiveMessage()).isInstanceOf(Outcome.Dropped.class);

        timePasses(DEADLINE);

        kit.createTestProbe().expectTerminated(verifier);
        never.countDown();
    }

    private LetterTask hangsOnGroup4() {
        return new LetterTask((prompt, answer) -> {
            if (prompt.groundTruth().equals("4")) {
                begun.countDown();
                await(never);
            }
            return new Verdict.Reward(1);
        });
    }

    private static void await(CountDownLatch latch) {
        while (true) {
            try {
                latch.await();
                return;
            } catch (InterruptedException e) {
                // This verifier means to ignore it.
            }
        }
    }

    private ActorRef<Verifier.Command> spawn(Task task) {
        return spawn(task, "");
    }

    private ActorRef<Verifier.Command> spawn(Task task, String more) {
        return kit.spawn(
                Behaviors.intercept(() -> processed, Verifier.create(task, () -> settings(more), events, clock::get)));
    }

    private static ActorSettings settings(String more) {
        return Samples.settings("freshet.actors { verify-deadline = 20 s, verify-threads = 1 }\n" + more);
    }

    private void verify(ActorRef<Verifier.Command> verifier, long sequence) {
        verifier.tell(new Verifier.Verify(Samples.group(sequence), answers.getRef()));
    }

    private void assertUnscorable(long sequence, String detail) {
        assertThat(answers.receiveMessage()).isEqualTo(new Outcome.Dropped<>(sequence, DropReason.UNSCORABLE, detail));
    }
}
