package dev.freshet.ops.training;

import dev.freshet.actors.MutableSetting;
import dev.freshet.actors.ObjectiveOffer;
import dev.freshet.actors.RefusedException;
import dev.freshet.actors.RefusedException.Kind;
import dev.freshet.actors.RollbackAnswer;
import dev.freshet.actors.RunControl;
import dev.freshet.actors.RunParameters;
import dev.freshet.actors.RunState;
import dev.freshet.actors.RunStatus;
import dev.freshet.model.objective.Objective;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.streams.GroupCounts;
import dev.freshet.streams.PipelineEvent.CheckpointWritten;
import dev.freshet.streams.PipelineEvent.DivergenceSwitched;
import dev.freshet.streams.PipelineEvent.ObjectiveSwitched;
import dev.freshet.streams.PipelineEvent.ParameterChanged;
import dev.freshet.streams.PipelineEvent.RunFinished;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Steers a run from before it exists until after it has ended. Until {@link #started} it tells that the run is starting, takes a
 * wish to end it, and refuses everything else; so the control service can answer, and its port be refused, before minutes of
 * warm-up. After {@link #awaitEnd} it tells how the run ended.
 */
final class StartingRun implements RunControl {
    private final String name;
    private final RunConfiguration configuration;
    private final EndWish endWish = new EndWish();
    private String doing = "warming up";
    private PolicyVersion version = PolicyVersion.INITIAL;
    private Objective objective;
    private @Nullable RunControl run;
    private @Nullable RunStatus last;
    private boolean ended;

    StartingRun(String name, RunConfiguration configuration) {
        this.name = name;
        this.configuration = configuration;
        this.objective = configuration.objective();
    }

    String name() {
        return name;
    }

    EndWish endWish() {
        return endWish;
    }

    /** What it begins with, if that is not what its settings say: those of a checkpoint. */
    synchronized void goesOnFrom(PolicyVersion newest, Objective inForce) {
        doing = "taking up its checkpoint";
        version = newest;
        objective = inForce;
    }

    /** @param what the run does before its stream starts, as its status is to tell */
    synchronized void does(String what) {
        doing = what;
    }

    /** From now on the run itself is steered; it is told of a wish to end that came too late to be heard before. */
    synchronized void started(RunControl control) {
        run = control;
        endWish.mode().ifPresent(mode -> {
            CompletionStage<RunStatus> unused = control.stop(mode);
        });
    }

    /**
     * Waits until the run has ended. It is not steered any more then, since its threads may be gone.
     *
     * @throws java.util.concurrent.CompletionException if it failed
     */
    void awaitEnd(RunControl control) {
        try {
            control.completion()
                    .handle((done, failure) -> done)
                    .toCompletableFuture()
                    .join();
            last(control.status().toCompletableFuture().join());
        } finally {
            ended();
        }
        var unused = control.completion().toCompletableFuture().join();
    }

    /** Nothing is left that could be ended. */
    synchronized void ended() {
        ended = true;
    }

    private synchronized void last(RunStatus status) {
        last = status;
    }

    @Override
    public synchronized CompletionStage<RunStatus> status() {
        return isRunning()
                ? steer(RunControl::status)
                : CompletableFuture.completedFuture(last == null ? starting() : last);
    }

    @Override
    public CompletionStage<RunStatus> pause(PauseMode mode) {
        return steer(control -> control.pause(mode));
    }

    @Override
    public CompletionStage<RunStatus> resume() {
        return steer(RunControl::resume);
    }

    @Override
    public CompletionStage<DivergenceSwitched> switchDivergence(
            String spec, OptionalDouble coefficient, ChangeMode mode) {
        return steer(control -> control.switchDivergence(spec, coefficient, mode));
    }

    @Override
    public CompletionStage<ObjectiveSwitched> switchObjective(
            String objective, Map<String, String> settings, ChangeMode mode) {
        return steer(control -> control.switchObjective(objective, settings, mode));
    }

    @Override
    public CompletionStage<ParameterChanged> setParameter(String key, String value, ChangeMode mode) {
        return steer(control -> control.setParameter(key, value, mode));
    }

    @Override
    public CompletionStage<RunParameters> parameters() {
        return steer(RunControl::parameters);
    }

    @Override
    public List<MutableSetting> mutableSettings() {
        return configuration.steering().mutable();
    }

    @Override
    public CompletionStage<List<ObjectiveOffer>> objectives() {
        return steer(RunControl::objectives);
    }

    @Override
    public CompletionStage<CheckpointWritten> checkpoint() {
        return steer(RunControl::checkpoint);
    }

    @Override
    public CompletionStage<RollbackAnswer> rollback(PolicyVersion version) {
        return steer(control -> control.rollback(version));
    }

    /** What can be given up before and after the run, is. */
    @Override
    public synchronized CompletionStage<RunStatus> stop(StopMode mode, String why) {
        endWish.add(mode);
        return isRunning() ? steer(control -> control.stop(mode, why)) : status();
    }

    @Override
    public CompletionStage<RunFinished> completion() {
        return steer(RunControl::completion);
    }

    private boolean isRunning() {
        return run != null && !ended;
    }

    private synchronized <T> CompletionStage<T> steer(Function<RunControl, CompletionStage<T>> command) {
        if (ended) {
            return refused("the run has ended");
        }
        return run == null
                ? refused("the run is still starting; try again when its status says running")
                : command.apply(run);
    }

    private RunStatus starting() {
        return new RunStatus(
                name,
                RunState.STARTING,
                doing,
                version,
                configuration.steps(),
                objective.name(),
                objective.divergenceInUse(),
                objective.regularisation().coefficient(),
                configuration.stalenessBound(),
                GroupCounts.NONE,
                Optional.empty(),
                Optional.empty());
    }

    private static <T> CompletionStage<T> refused(String why) {
        return CompletableFuture.failedFuture(new RefusedException(Kind.FAILED_PRECONDITION, why));
    }
}
