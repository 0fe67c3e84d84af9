package dev.freshet.actors;

import static dev.freshet.actors.TestActors.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.Behaviors;
import dev.freshet.model.rollout.FinishReason;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.rollout.RolloutGroup;
import dev.freshet.model.task.Task;
import dev.freshet.model.task.Verdict;
import dev.freshet.streams.AnswerVerified;
import dev.freshet.streams.AnswerVerified.Result;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class AnswerVerificationTest {
    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final ActorTestKit kit = TestActors.withManualTime();

    private final ManualTime time = ManualTime.get(kit.system());
    private final AtomicLong clock = new AtomicLong();
    private final Processed<Verifier.Command> processed = new Processed<>(Verifier.Command.class);
    private final CountDownLatch hanging = new CountDownLatch(1);

    @AfterAll
    static void shutDown() {
        kit.shutdownTestKit();
    }

    @Test
    void anAnswerThatCannotBeVerifiedLeavesTheOthersTheirVerdicts() throws Exception {
        List<AnswerVerified> answers = of(new LetterTask((prompt, answer) -> switch (answer.text()) {
                    case "t" -> throw new ArithmeticException("by zero");
                    case "u" -> new Verdict.Unscorable("no ground truth");
                    default -> new Verdict.Reward(1);
                }))
                .verify(group("a.", "t.", "u.", "b."))
                .toCompletableFuture()
                .get(TestActors.DEADLINE.toSeconds(), TimeUnit.SECONDS);

        assertThat(answers)
                .extracting(AnswerVerified::result)
                .containsExactly(Result.SCORED, Result.THREW, Result.UNSCORABLE, Result.SCORED);
        assertThat(answers).extracting(AnswerVerified::reward).containsExactly(1.0, Double.NaN, Double.NaN, 1.0);
    }

    /** The only thread is taken until the deadline, in a deterministic run as well: nothing is learnt from this. */
    @Test
    void oneThatHangsIsOverdueAtItsDeadlineAndTheOthersAreVerified() throws Exception {
        CompletableFuture<List<AnswerVerified>> answers = of(hangsOnH(), "freshet.deterministic = true")
                .verify(group("h.", "a."))
                .toCompletableFuture();
        assertThat(hanging.await(TestActors.DEADLINE.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        processed.await("JobBegun");
        assertThat(answers).isNotDone();

        clock.addAndGet(DEADLINE.toNanos());
        time.timePasses(DEADLINE);

        eventually(answers::isDone, "both answers have been looked at");
        assertThat(answers.join()).extracting(AnswerVerified::result).containsExactly(Result.OVERDUE, Result.SCORED);
        assertThat(answers.join().get(0).seconds()).isEqualTo(20);
    }

    private LetterTask hangsOnH() {
        return new LetterTask((prompt, answer) -> {
            if (answer.text().equals("h")) {
                hanging.countDown();
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException givenUp) {
                    return new Verdict.Unscorable("interrupted");
                }
            }
            return new Verdict.Reward(1);
        });
    }

    private AnswerVerification of(Task task, String... more) {
        ActorSettings settings = Samples.settings(
                "freshet.actors { verify-deadline = 20 s, verify-threads = 1 }\n" + String.join("\n", more));
        ActorRef<Verifier.Command> verifier = kit.spawn(Behaviors.intercept(
                () -> processed, AnswerVerification.behavior(task, () -> settings, new RecordedEvents(), clock::get)));
        return new AnswerVerification(verifier, kit.scheduler());
    }

    private static RolloutGroup group(String... completions) {
        return new RolloutGroup(
                Samples.admitted(3),
                Stream.of(completions)
                        .map(text -> Samples.rollout(text, FinishReason.STOP, PolicyVersion.INITIAL))
                        .toList());
    }
}
