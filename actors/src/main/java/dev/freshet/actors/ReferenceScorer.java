package dev.freshet.actors;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.PreRestart;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import dev.freshet.model.dataset.ScoredExample;
import dev.freshet.model.dataset.TokenisedExample;
import dev.freshet.model.learning.LogProbScorer;
import dev.freshet.model.rollout.ScoredGroup;
import dev.freshet.model.rollout.VerifiedGroup;
import dev.freshet.streams.DropReason;
import dev.freshet.streams.EventSink;
import dev.freshet.streams.Outcome;
import dev.freshet.streams.PipelineEvent.PartRestarted;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Adds reference log-probs to groups, and to examples of a dataset, by one scorer, which it opens and closes. When the scorer fails, what
 * is in progress ends as failed, and this actor throws, so that its supervisor gives it a fresh scorer.
 */
public final class ReferenceScorer extends AbstractBehavior<ReferenceScorer.Command> {
    private static final String NAME = "reference scorer";

    public sealed interface Command {}

    public record Score(VerifiedGroup group, ActorRef<Outcome<ScoredGroup>> replyTo) implements Command {}

    public record ScoreExample(TokenisedExample example, ActorRef<Outcome<ScoredExample>> replyTo) implements Command {}

    private record Scored<T>(Request<T> request, T scored) implements Command {}

    private record ScoringFailed(Request<?> request, Throwable failure) implements Command {}

    /**
     * Who waits for what. A group that was handed back may enter again before its first scoring has ended: another waits for it
     * then.
     */
    private record Request<T>(long sequence, ActorRef<Outcome<T>> replyTo) {
        void drop(String why) {
            replyTo.tell(new Outcome.Dropped<>(sequence, DropReason.FAILED, why));
        }
    }

    public static Behavior<Command> create(Supplier<LogProbScorer> scorers, EventSink events) {
        return Behaviors.setup(context -> new ReferenceScorer(scorers.get(), events, context));
    }

    private final LogProbScorer scorer;
    private final EventSink events;
    private final Set<Request<?>> inProgress = new HashSet<>();

    private ReferenceScorer(LogProbScorer scorer, EventSink events, ActorContext<Command> context) {
        super(context);
        this.scorer = scorer;
        this.events = events;
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Score.class, this::onScore)
                .onMessage(ScoreExample.class, this::onScoreExample)
                .onMessage(Scored.class, this::onScored)
                .onMessage(ScoringFailed.class, this::onScoringFailed)
                .onSignal(PreRestart.class, signal -> closeScorer())
                .onSignal(PostStop.class, signal -> closeScorer())
                .build();
    }

    private Behavior<Command> onScore(Score command) {
        VerifiedGroup group = command.group();
        return begin(
                new Request<>(group.sequence(), command.replyTo()),
                () -> scorer.score(group.group()).thenApply(reference -> new ScoredGroup(group, reference)));
    }

    private Behavior<Command> onScoreExample(ScoreExample command) {
        TokenisedExample example = command.example();
        return begin(
                new Request<>(example.sequence(), command.replyTo()),
                () -> scorer.score(example).thenApply(reference -> new ScoredExample(example, reference)));
    }

    private <T> Behavior<Command> begin(Request<T> request, Supplier<CompletionStage<T>> scoring) {
        getContext()
                .pipeToSelf(
                        begun(scoring),
                        (scored, failure) -> failure == null
                                ? new Scored<>(request, scored)
                                : new ScoringFailed(request, Failures.rootCause(failure)));
        inProgress.add(request);
        return this;
    }

    private static <T> CompletionStage<T> begun(Supplier<CompletionStage<T>> scoring) {
        try {
            return scoring.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private Behavior<Command> onScored(Scored<?> command) {
        inProgress.remove(command.request());
        answer(command);
        return this;
    }

    private static <T> void answer(Scored<T> command) {
        command.request().replyTo().tell(new Outcome.Passed<>(command.scored()));
    }

    private Behavior<Command> onScoringFailed(ScoringFailed command) {
        // What the scorer before a restart had in hand fails when that scorer closes: it has been answered already.
        if (!inProgress.contains(command.request())) {
            return this;
        }
        String why = NAME + " failed: " + Failures.describe(command.failure());
        inProgress.forEach(request -> request.drop(why));
        events.accept(new PartRestarted(NAME, why));
        throw new IllegalStateException(why, command.failure());
    }

    private Behavior<Command> closeScorer() {
        scorer.close();
        return this;
    }
}
