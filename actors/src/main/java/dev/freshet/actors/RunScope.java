package dev.freshet.actors;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Scheduler;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.AskPattern;
import akka.pattern.StatusReply;
import dev.freshet.actors.Coordinator.Command;
import dev.freshet.actors.Coordinator.Pause;
import dev.freshet.actors.Coordinator.StepsHeld;
import dev.freshet.actors.Coordinator.StreamEnded;
import dev.freshet.actors.RefusedException.Kind;
import dev.freshet.actors.RunControl.PauseMode;
import dev.freshet.model.learning.StepReport;
import dev.freshet.model.objective.Objective;
import dev.freshet.streams.Beginning;
import dev.freshet.streams.PipelineEvent.CheckpointWritten;
import dev.freshet.streams.PipelineEvent.RunFinished;
import dev.freshet.streams.PipelineEvent.StateChanged;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * What the states of a run's life share, and the answers that are the same in all of them. Nothing in it changes but what its
 * parts keep for themselves.
 *
 * @param completion completed when the run has ended
 */
record RunScope(
        RunPlan plan,
        RunStream stream,
        ParametersInForce inForce,
        CompletableFuture<RunFinished> completion,
        RunParts parts,
        ActorContext<Command> context) {
    RunStatus status(RunProgress progress) {
        Objective objective = inForce.get().objective();
        return new RunStatus(
                plan.run(),
                progress.state(),
                progress.reason(),
                plan.learner().version(),
                plan.totalSteps(),
                objective.name(),
                objective.divergenceInUse(),
                objective.regularisation().coefficient(),
                plan.feed().stalenessBound(),
                stream.counts(),
                progress.lastStep(),
                progress.parent());
    }

    void tellStatus(RunProgress progress, ActorRef<StatusReply<RunStatus>> replyTo) {
        replyTo.tell(StatusReply.success(status(progress)));
    }

    /** The run in another state, with the event that says so; or in the same, for another reason. */
    RunProgress change(RunProgress from, RunState to, String why) {
        return from.state() == to ? from.now(to, why) : tell(from, to, why);
    }

    /** As {@link #change}, with the event in any case. */
    RunProgress tell(RunProgress from, RunState to, String why) {
        plan.events().accept(new StateChanged(from.state().label(), to.label(), why));
        return from.now(to, why);
    }

    <T> void refuse(ActorRef<StatusReply<T>> replyTo, String why) {
        replyTo.tell(StatusReply.error(new RefusedException(Kind.FAILED_PRECONDITION, why)));
    }

    /** Who gave the command may have halted the engines already. */
    void refusePause(Pause command, String why) {
        if (command.mode() == PauseMode.NOW) {
            parts.tellGenerators(GeneratorPool.HaltRefused.INSTANCE);
        }
        refuse(command.replyTo(), why);
    }

    /** Starts the stream, or the next after one has ended; its end comes as a message. */
    void startStream(Beginning beginning) {
        context.pipeToSelf(openStream(beginning), (done, failure) -> new StreamEnded(Optional.ofNullable(failure)));
    }

    private CompletionStage<Done> openStream(Beginning beginning) {
        Scheduler scheduler = context.getSystem().scheduler();
        if (plan.feed() instanceof DatasetFeed dataset) {
            return stream.start(
                    dataset,
                    new DatasetActorPorts(parts, dataset.examples(), inForce, scheduler),
                    beginning,
                    context.getSystem());
        }
        if (plan.feed() instanceof DistillationFeed) {
            return stream.startRounds(round -> learned(round, scheduler), beginning, context.getSystem());
        }
        RolloutFeed rollouts = (RolloutFeed) plan.feed();
        return stream.start(
                rollouts,
                new ActorPorts(parts, plan.learner()::version, inForce, rollouts.rehearsal(), scheduler),
                beginning,
                context.getSystem());
    }

    private CompletionStage<StepReport> learned(long round, Scheduler scheduler) {
        return AskPattern.askWithStatus(
                parts.learner(),
                replyTo -> new Learner.LearnRound(round, replyTo),
                ActorPorts.ANSWER_IS_CERTAIN,
                scheduler);
    }

    /** Pauses the stream; the message comes when no step runs any more. */
    void pauseStream(long pause) {
        context.pipeToSelf(stream.pause(), (done, failure) -> new StepsHeld(pause));
    }

    private Throwable overdue(Throwable failure) {
        return OverdueException.inWords(
                failure, "a checkpoint", plan.settings().afterStepTimeout(), ActorSettings.AFTER_STEP_KEYS);
    }

    /** Writes a checkpoint of the state after the running step. */
    void saveThen(Function<Optional<String>, Command> ended) {
        context.askWithStatus(
                CheckpointWritten.class,
                parts.keeper(),
                plan.settings().afterStepTimeout(),
                CheckpointKeeper.Save::new,
                (written, failure) ->
                        ended.apply(Optional.ofNullable(failure).map(why -> Failures.describe(overdue(why)))));
    }
}
