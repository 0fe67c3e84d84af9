package dev.freshet.actors;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Scheduler;
import akka.actor.typed.javadsl.AskPattern;
import dev.freshet.streams.DropReason;
import dev.freshet.streams.Outcome;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * Questions to the reference scorer, each with a deadline. One that is late ends its group, or example, as failed. A native call cannot be
 * interrupted, and there is one scorer: when it has been silent for {@code score-hung-limit} deadlines one after another it hangs,
 * and the run fails, to be started again. Questions that waited together are late together, and count once. Safe for threads.
 */
final class ScorerQuestions {
    private final ParametersInForce inForce;
    private final Scheduler scheduler;
    private long asked;
    private long countedThrough;
    private int silentDeadlines;

    ScorerQuestions(ParametersInForce inForce, Scheduler scheduler) {
        this.inForce = inForce;
        this.scheduler = scheduler;
    }

    <T> CompletionStage<Outcome<T>> ask(
            ActorRef<ReferenceScorer.Command> scorer,
            long sequence,
            Function<ActorRef<Outcome<T>>, ReferenceScorer.Command> question) {
        ActorSettings settings = inForce.settings();
        long number = next();
        CompletionStage<Outcome<T>> answer =
                AskPattern.ask(scorer, question::apply, settings.scoreTimeout(), scheduler);
        return answer.handle((outcome, failure) -> {
            if (failure == null) {
                answered();
                return outcome;
            }
            return late(number, sequence, settings, Failures.rootCause(failure));
        });
    }

    private synchronized long next() {
        return ++asked;
    }

    private synchronized void answered() {
        silentDeadlines = 0;
    }

    private <T> Outcome<T> late(long number, long sequence, ActorSettings settings, Throwable failure) {
        if (!(failure instanceof TimeoutException)) {
            throw new IllegalStateException("the reference scorer could not be asked", failure);
        }
        String why = "the reference scorer did not answer within " + settings.scoreTimeout()
                + " (freshet.actors.score-timeout)";
        settings.refuseToDecideByDeadline(why);
        int silent = silentDeadlines(number);
        if (silent >= settings.scoreHungLimit()) {
            throw new IllegalStateException(why + " " + silent + " times in a row (freshet.actors.score-hung-limit)");
        }
        return new Outcome.Dropped<>(sequence, DropReason.FAILED, why);
    }

    private synchronized int silentDeadlines(long late) {
        if (late > countedThrough) {
            silentDeadlines++;
            countedThrough = asked;
        }
        return silentDeadlines;
    }
}
