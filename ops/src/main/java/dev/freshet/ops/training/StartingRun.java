package dev.freshet.ops.training;

import dev.freshet.actors.RefusedException;
import dev.freshet.actors.RefusedException.Kind;
import dev.freshet.actors.RunControl;
import dev.freshet.actors.RunState;
import dev.freshet.actors.RunStatus;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.streams.GroupCounts;
import dev.freshet.streams.PipelineEvent.CheckpointWritten;
import dev.freshet.streams.PipelineEvent.DivergenceSwitched;
import dev.freshet.streams.PipelineEvent.RunFinished;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Steers a run from before it exists: until {@link #started} it tells that the run is starting, takes a wish to end it, and refuses
 * everything else. So the control service can answer, and its port be refused, before minutes of warm-up.
 */
final class StartingRun implements RunControl {
    private final String name;
    private final RunConfiguration configuration;
    private final Thread starter = Thread.currentThread();
    private @Nullable RunControl run;
    private boolean ended;

    StartingRun(String name, RunConfiguration configuration) {
        this.name = name;
        this.configuration = configuration;
    }

    String name() {
        return name;
    }

    synchronized void started(RunControl control) {
        run = control;
    }

    /** Nothing is left that could be ended. */
    synchronized void ended() {
        ended = true;
    }

    @Override
    public CompletionStage<RunStatus> status() {
        return whenStarted(RunControl::status, CompletableFuture.completedFuture(starting()));
    }

    @Override
    public CompletionStage<RunStatus> pause(PauseMode mode) {
        return whenStarted(control -> control.pause(mode), refused());
    }

    @Override
    public CompletionStage<RunStatus> resume() {
        return whenStarted(RunControl::resume, refused());
    }

    @Override
    public CompletionStage<DivergenceSwitched> switchDivergence(String spec, OptionalDouble coefficient) {
        return whenStarted(control -> control.switchDivergence(spec, coefficient), refused());
    }

    @Override
    public CompletionStage<CheckpointWritten> checkpoint() {
        return whenStarted(RunControl::checkpoint, refused());
    }

    /** Before the run has started there is nothing to drain: the starting thread is interrupted. */
    @Override
    public synchronized CompletionStage<RunStatus> stop(StopMode mode) {
        if (run != null) {
            return run.stop(mode);
        }
        if (!ended) {
            starter.interrupt();
        }
        return CompletableFuture.completedFuture(starting());
    }

    @Override
    public CompletionStage<RunFinished> completion() {
        return whenStarted(RunControl::completion, refused());
    }

    private synchronized <T> CompletionStage<T> whenStarted(
            Function<RunControl, CompletionStage<T>> command, CompletionStage<T> otherwise) {
        return run == null ? otherwise : command.apply(run);
    }

    private RunStatus starting() {
        return new RunStatus(
                name,
                RunState.STARTING,
                "warming up",
                PolicyVersion.INITIAL,
                configuration.steps(),
                configuration.objective().name(),
                configuration.objective().regularisation().spec(),
                configuration.objective().regularisation().coefficient(),
                configuration.pipeline().stalenessBound(),
                GroupCounts.NONE,
                Optional.empty());
    }

    private static <T> CompletionStage<T> refused() {
        return CompletableFuture.failedFuture(new RefusedException(
                Kind.FAILED_PRECONDITION, "the run is still starting; try again when its status says running"));
    }
}
