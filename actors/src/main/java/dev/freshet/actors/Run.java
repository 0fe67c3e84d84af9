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
import dev.freshet.streams.GroupCounts;
import dev.freshet.streams.PipelineEvent;
import dev.freshet.streams.PipelineEvent.CheckpointWritten;
import dev.freshet.streams.PipelineEvent.DivergenceSwitched;
import dev.freshet.streams.PipelineEvent.ObjectiveSwitched;
import dev.freshet.streams.PipelineEvent.ParameterChanged;
import dev.freshet.streams.PipelineEvent.RunFinished;
import dev.freshet.streams.StageSnapshot;
import java.time.Duration;
import java.util.List;
import java.util.Map;
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
    private final RunPlan plan;
    private final RunStream stream;
    private final ParametersInForce inForce;
    private final OpenEngines engines;
    private final CompletableFuture<RunFinished> completion;
    private final ActorSettings settings;

    private Run(
            ActorSystem<Coordinator.Command> coordinator,
            RunPlan plan,
            RunStream stream,
            ParametersInForce inForce,
            OpenEngines engines,
            CompletableFuture<RunFinished> completion) {
        this.coordinator = coordinator;
        this.plan = plan;
        this.stream = stream;
        this.inForce = inForce;
        this.engines = engines;
        this.completion = completion;
        this.settings = plan.settings();
    }

    public static Run start(RunPlan plan) {
        CompletableFuture<RunFinished> completion = new CompletableFuture<>();
        RunStream stream = new RunStream(plan);
        ParametersInForce inForce = new ParametersInForce(plan.parameters());
        OpenEngines engines = OpenEngines.of(plan);
        ActorSystem<Coordinator.Command> system = ActorSystem.create(
                OutOfMemoryWatch.around(
                        Coordinator.Command.class, Coordinator.create(plan, stream, inForce, engines, completion)),
                "freshet",
                akkaConfig());
        // Changes nothing after an orderly end; this is for a coordinator that died.
        CompletionStage<Void> unused = system.getWhenTerminated()
                .thenAccept(done -> completion.completeExceptionally(
                        new IllegalStateException("the run's coordinator stopped before the run had ended")));
        return new Run(system, plan, stream, inForce, engines, completion);
    }

    /** Akka's settings are not the user's; system properties still override them. */
    static Config akkaConfig() {
        return ConfigFactory.defaultOverrides()
                .withFallback(ConfigFactory.parseResources(Run.class.getClassLoader(), "freshet-akka.conf"))
                .withFallback(ConfigFactory.load())
                .resolve();
    }

    @Override
    public CompletionStage<RunStatus> status() {
        return ask("the run's status", Coordinator.GetStatus::new);
    }

    @Override
    public CompletionStage<RunStatus> pause(PauseMode mode) {
        if (mode == PauseMode.NOW) {
            engines.halt();
        }
        return askAfterStep(
                "the end of the running step, for the pause,", replyTo -> new Coordinator.Pause(mode, replyTo));
    }

    @Override
    public CompletionStage<RunStatus> resume() {
        return ask("the run's answer to resume", Coordinator.Resume::new);
    }

    @Override
    public CompletionStage<DivergenceSwitched> switchDivergence(
            String spec, OptionalDouble coefficient, ChangeMode mode) {
        return steer(new DivergenceChange(spec, coefficient), mode);
    }

    @Override
    public CompletionStage<ObjectiveSwitched> switchObjective(
            String name, Map<String, String> objectiveSettings, ChangeMode mode) {
        return steer(new ObjectiveChange(name, objectiveSettings), mode);
    }

    @Override
    public CompletionStage<ParameterChanged> setParameter(String key, String value, ChangeMode mode) {
        return steer(new ParameterChange(key, value), mode);
    }

    private <E extends PipelineEvent> CompletionStage<E> steer(RunChange<E> change, ChangeMode mode) {
        return askWhileItRuns(
                "the moment after the running step, for the change,",
                replyTo -> new Coordinator.Steer<>(change, mode, replyTo));
    }

    @Override
    public CompletionStage<RunParameters> parameters() {
        return CompletableFuture.completedFuture(inForce.get());
    }

    @Override
    public List<MutableSetting> mutableSettings() {
        return plan.steering().mutable();
    }

    @Override
    public CompletionStage<List<ObjectiveOffer>> objectives() {
        RunParameters now = inForce.get();
        return CompletableFuture.completedFuture(plan.steering().objectives().stream()
                .map(name -> new ObjectiveChange(name, Map.of()).offer(now, plan.steering(), plan.hasReference()))
                .toList());
    }

    @Override
    public CompletionStage<CheckpointWritten> checkpoint() {
        return askWhileItRuns("the checkpoint", Coordinator.Checkpoint::new);
    }

    @Override
    public CompletionStage<RollbackAnswer> rollback(PolicyVersion version) {
        return askWhileItRuns("the rollback", replyTo -> new Coordinator.Rollback(version, replyTo));
    }

    @Override
    public CompletionStage<RunStatus> stop(StopMode mode, String why) {
        return ask("the run's answer to its end", replyTo -> new Coordinator.Stop(mode, why, replyTo));
    }

    @Override
    public CompletionStage<RunFinished> completion() {
        return completion.minimalCompletionStage();
    }

    /** How each stage of the pipeline has spent its time; empty before the run has started. From any thread, at any time. */
    public List<StageSnapshot> stages() {
        return stream.stages();
    }

    /** Where groups are or ended. From any thread, at any time; waits for nobody. */
    public GroupCounts groups() {
        return stream.latest();
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

    private <T> CompletionStage<T> ask(String wanted, Function<ActorRef<StatusReply<T>>, Coordinator.Command> command) {
        return ask(wanted, command, settings.commandTimeout(), "freshet.actors.command-timeout");
    }

    private <T> CompletionStage<T> askAfterStep(
            String wanted, Function<ActorRef<StatusReply<T>>, Coordinator.Command> command) {
        return ask(wanted, command, settings.afterStepTimeout(), ActorSettings.AFTER_STEP_KEYS);
    }

    /**
     * @param wanted what to say was waited for
     * @param keys the settings that say how long
     */
    private <T> CompletionStage<T> ask(
            String wanted,
            Function<ActorRef<StatusReply<T>>, Coordinator.Command> command,
            Duration timeout,
            String keys) {
        return AskPattern.askWithStatus(coordinator, command, timeout, coordinator.scheduler())
                .exceptionallyCompose(failure ->
                        CompletableFuture.failedFuture(OverdueException.inWords(failure, wanted, timeout, keys)));
    }

    /** For commands that a part answers between two steps: if the run ends first, nobody is left to answer. */
    private <T> CompletionStage<T> askWhileItRuns(
            String wanted, Function<ActorRef<StatusReply<T>>, Coordinator.Command> command) {
        CompletableFuture<T> answer = this.<T>askAfterStep(wanted, command).toCompletableFuture();
        return CompletableFuture.anyOf(answer, completion)
                .handle((first, failure) -> answer.isDone())
                .thenCompose(answered -> answered ? answer : CompletableFuture.failedFuture(ended()));
    }

    private static RefusedException ended() {
        return new RefusedException(Kind.FAILED_PRECONDITION, "the run ended before it could do that");
    }
}
