package dev.freshet.actors;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.AskPattern;
import akka.japi.function.Function;
import akka.pattern.StatusReply;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.freshet.actors.RefusedException.Kind;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.streams.PipelineEvent.CheckpointWritten;
import dev.freshet.streams.PipelineEvent.DivergenceSwitched;
import dev.freshet.streams.PipelineEvent.RolledBack;
import dev.freshet.streams.PipelineEvent.RunFinished;
import dev.freshet.streams.StageSnapshot;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A run in this process: a system of actors of its own, led by {@link Coordinator}. When it has completed, its engines are
 * closed and it still tells its status; {@link #close} ends its threads.
 */
public final class Run implements RunControl, AutoCloseable {
    private static final Duration SHUTDOWN = Duration.ofSeconds(10);

    private final ActorSystem<Coordinator.Command> coordinator;
    private final RunStream stream;
    private final CompletableFuture<RunFinished> completion;
    private final ActorSettings settings;

    private Run(
            ActorSystem<Coordinator.Command> coordinator,
            RunStream stream,
            CompletableFuture<RunFinished> completion,
            ActorSettings settings) {
        this.coordinator = coordinator;
        this.stream = stream;
        this.completion = completion;
        this.settings = settings;
    }

    public static Run start(RunPlan plan) {
        CompletableFuture<RunFinished> completion = new CompletableFuture<>();
        RunStream stream = new RunStream(plan);
        ActorSystem<Coordinator.Command> system = ActorSystem.create(
                OutOfMemoryWatch.around(Coordinator.Command.class, Coordinator.create(plan, stream, completion)),
                "freshet",
                akkaConfig());
        // Changes nothing after an orderly end; this is for a coordinator that died.
        CompletionStage<Void> unused = system.getWhenTerminated()
                .thenAccept(done -> completion.completeExceptionally(
                        new IllegalStateException("the run's coordinator stopped before the run had ended")));
        return new Run(system, stream, completion, plan.settings());
    }

    /** Akka's settings are not the user's; system properties still override them. */
    private static Config akkaConfig() {
        return ConfigFactory.defaultOverrides()
                .withFallback(ConfigFactory.parseResources(Run.class.getClassLoader(), "freshet-akka.conf"))
                .withFallback(ConfigFactory.load())
                .resolve();
    }

    @Override
    public CompletionStage<RunStatus> status() {
        return ask(Coordinator.GetStatus::new, settings.commandTimeout());
    }

    @Override
    public CompletionStage<RunStatus> pause(PauseMode mode) {
        return ask(replyTo -> new Coordinator.Pause(mode, replyTo), settings.afterStepTimeout());
    }

    @Override
    public CompletionStage<RunStatus> resume() {
        return ask(Coordinator.Resume::new, settings.commandTimeout());
    }

    @Override
    public CompletionStage<DivergenceSwitched> switchDivergence(String spec, OptionalDouble coefficient) {
        DivergenceChange change = new DivergenceChange(spec, coefficient);
        return askWhileItRuns(replyTo -> new Coordinator.SwitchDivergence(change, replyTo));
    }

    @Override
    public CompletionStage<CheckpointWritten> checkpoint() {
        return askWhileItRuns(Coordinator.Checkpoint::new);
    }

    @Override
    public CompletionStage<RolledBack> rollback(PolicyVersion version) {
        return askWhileItRuns(replyTo -> new Coordinator.Rollback(version, replyTo));
    }

    @Override
    public CompletionStage<RunStatus> stop(StopMode mode) {
        return ask(replyTo -> new Coordinator.Stop(mode, replyTo), settings.commandTimeout());
    }

    @Override
    public CompletionStage<RunFinished> completion() {
        return completion.minimalCompletionStage();
    }

    /** How each stage of the pipeline has spent its time; empty before the run has started. From any thread, at any time. */
    public List<StageSnapshot> stages() {
        return stream.stages();
    }

    /** Ends the run's threads, wherever it stands; a run that has not completed fails. Waits for its engines to close. */
    @Override
    public void close() {
        coordinator.terminate();
        try {
            coordinator.getWhenTerminated().toCompletableFuture().get(SHUTDOWN.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the run's actors did not end within " + SHUTDOWN, e);
        }
    }

    private <T> CompletionStage<T> ask(
            Function<ActorRef<StatusReply<T>>, Coordinator.Command> command, Duration timeout) {
        return AskPattern.askWithStatus(coordinator, command, timeout, coordinator.scheduler());
    }

    /** For commands that a part answers between two steps: if the run ends first, nobody is left to answer. */
    private <T> CompletionStage<T> askWhileItRuns(Function<ActorRef<StatusReply<T>>, Coordinator.Command> command) {
        CompletableFuture<T> answer =
                this.<T>ask(command, settings.afterStepTimeout()).toCompletableFuture();
        return CompletableFuture.anyOf(answer, completion)
                .handle((first, failure) -> answer.isDone())
                .thenCompose(answered -> answered ? answer : CompletableFuture.failedFuture(ended()));
    }

    private static RefusedException ended() {
        return new RefusedException(Kind.FAILED_PRECONDITION, "the run ended before it could do that");
    }
}
