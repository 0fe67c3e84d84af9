package dev.freshet.actors;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.Scheduler;
import akka.actor.typed.javadsl.AskPattern;
import dev.freshet.model.rollout.RolloutGroup;
import dev.freshet.model.task.Task;
import dev.freshet.streams.AnswerVerified;
import dev.freshet.streams.EventSink;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Verifies what is measured and never learnt from, one answer at a time and with the deadline that an answer has in training.
 * Whatever becomes of an answer, the others of its group are verified: a verifier that hangs on one, throws on it or cannot score
 * it has said just that of it.
 */
public final class AnswerVerification {
    /** The verifier keeps each answer's deadline and answers always; this only has to be longer than any measurement. */
    private static final Duration ANSWER_IS_CERTAIN = Duration.ofDays(200);

    private final ActorRef<Verifier.Command> verifier;
    private final Scheduler scheduler;

    /** @param scheduler of the verifier's system */
    public AnswerVerification(ActorRef<Verifier.Command> verifier, Scheduler scheduler) {
        this.verifier = verifier;
        this.scheduler = scheduler;
    }

    /**
     * A system of actors that is a verifier and nothing else; who starts it terminates it. It ends of itself when
     * {@code verify-hung-limit} of its threads hang.
     *
     * @param settings in force, read for each answer
     * @param events told of threads that hang
     */
    public static ActorSystem<Verifier.Command> system(
            String name, Task task, Supplier<ActorSettings> settings, EventSink events) {
        return ActorSystem.create(behavior(task, settings, events, System::nanoTime), name, Run.akkaConfig());
    }

    static Behavior<Verifier.Command> behavior(
            Task task, Supplier<ActorSettings> settings, EventSink events, LongSupplier nanoTime) {
        return OutOfMemoryWatch.around(
                Verifier.Command.class,
                Verifier.create(task, () -> settings.get().besideTraining(), events, nanoTime));
    }

    /** What came of each answer of a group, in the order of its rollouts. */
    public CompletionStage<List<AnswerVerified>> verify(RolloutGroup group) {
        List<CompletableFuture<AnswerVerified>> answers = IntStream.range(
                        0, group.rollouts().size())
                .mapToObj(rollout -> ask(group, rollout).toCompletableFuture())
                .toList();
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenApply(all -> answers.stream().map(CompletableFuture::join).toList());
    }

    private CompletionStage<AnswerVerified> ask(RolloutGroup group, int rollout) {
        return AskPattern.ask(
                verifier, replyTo -> new Verifier.VerifyAnswer(group, rollout, replyTo), ANSWER_IS_CERTAIN, scheduler);
    }
}
