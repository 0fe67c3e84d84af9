package dev.freshet.actors;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.PreRestart;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import dev.freshet.model.learning.LogProbScorer;
import dev.freshet.model.rollout.ScoredGroup;
import dev.freshet.model.rollout.VerifiedGroup;
import dev.freshet.streams.DropReason;
import dev.freshet.streams.EventSink;
import dev.freshet.streams.Outcome;
import dev.freshet.streams.PipelineEvent.PartRestarted;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Adds reference log-probs to groups by one scorer, which it opens and closes. When the scorer fails, the groups in progress
 * end as failed, and this actor throws, so that its supervisor gives it a fresh scorer.
 */
public final class ReferenceScorer {
    private static final String NAME = "reference scorer";

    public sealed interface Command {}

    public record Score(VerifiedGroup group, ActorRef<Outcome<ScoredGroup>> replyTo) implements Command {}

    private record Scored(Score request, ScoredGroup group) implements Command {}

    private record ScoringFailed(Score request, Throwable failure) implements Command {}

    /** A group that was handed back may enter again before its first scoring has ended: another waits for it then. */
    private record Waiting(long sequence, ActorRef<Outcome<ScoredGroup>> replyTo) {
        static Waiting of(Score request) {
            return new Waiting(request.group().sequence(), request.replyTo());
        }
    }

    public static Behavior<Command> create(Supplier<LogProbScorer> scorers, EventSink events) {
        return Behaviors.setup(context -> new ReferenceScorer(scorers.get(), events, context).scoring(Map.of()));
    }

    private final LogProbScorer scorer;
    private final EventSink events;
    private final ActorContext<Command> context;

    private ReferenceScorer(LogProbScorer scorer, EventSink events, ActorContext<Command> context) {
        this.scorer = scorer;
        this.events = events;
        this.context = context;
    }

    private Behavior<Command> scoring(Map<Waiting, Score> inProgress) {
        return Behaviors.receive(Command.class)
                .onMessage(Score.class, command -> onScore(inProgress, command))
                .onMessage(Scored.class, command -> onScored(inProgress, command))
                .onMessage(ScoringFailed.class, command -> onScoringFailed(inProgress, command))
                .onSignal(PreRestart.class, signal -> closeScorer())
                .onSignal(PostStop.class, signal -> closeScorer())
                .build();
    }

    private Behavior<Command> onScore(Map<Waiting, Score> inProgress, Score command) {
        context.pipeToSelf(
                score(command.group()),
                (group, failure) -> failure == null
                        ? new Scored(command, group)
                        : new ScoringFailed(command, Failures.rootCause(failure)));
        Map<Waiting, Score> more = new HashMap<>(inProgress);
        more.put(Waiting.of(command), command);
        return scoring(more);
    }

    private CompletionStage<ScoredGroup> score(VerifiedGroup group) {
        try {
            return scorer.score(group.group()).thenApply(reference -> new ScoredGroup(group, reference));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private Behavior<Command> onScored(Map<Waiting, Score> inProgress, Scored command) {
        Score request = command.request();
        request.replyTo().tell(new Outcome.Passed<>(command.group()));
        Map<Waiting, Score> rest = new HashMap<>(inProgress);
        rest.remove(Waiting.of(request));
        return scoring(rest);
    }

    private Behavior<Command> onScoringFailed(Map<Waiting, Score> inProgress, ScoringFailed command) {
        // What the scorer before a restart had in hand fails when that scorer closes: it has been answered already.
        if (!inProgress.containsKey(Waiting.of(command.request()))) {
            return Behaviors.same();
        }
        String why = NAME + " failed: " + Failures.describe(command.failure());
        inProgress.forEach((waiting, request) ->
                request.replyTo().tell(new Outcome.Dropped<>(waiting.sequence(), DropReason.FAILED, why)));
        events.accept(new PartRestarted(NAME, why));
        throw new IllegalStateException(why, command.failure());
    }

    private Behavior<Command> closeScorer() {
        scorer.close();
        return Behaviors.same();
    }
}
