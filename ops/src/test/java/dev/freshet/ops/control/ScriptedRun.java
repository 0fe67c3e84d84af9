package dev.freshet.ops.control;

import dev.freshet.actors.RunControl;
import dev.freshet.actors.RunStatus;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.ops.Samples;
import dev.freshet.streams.PipelineEvent.CheckpointWritten;
import dev.freshet.streams.PipelineEvent.DivergenceSwitched;
import dev.freshet.streams.PipelineEvent.RolledBack;
import dev.freshet.streams.PipelineEvent.RunFinished;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** A run that writes down what it was asked, and answers as the test says. */
public final class ScriptedRun implements RunControl {
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final Semaphore heard = new Semaphore(0);
    private final CompletableFuture<RunFinished> completion = new CompletableFuture<>();
    private volatile Supplier<CompletionStage<RunStatus>> answer =
            () -> CompletableFuture.completedFuture(Samples.running());

    public void answers(CompletionStage<RunStatus> next) {
        answer = () -> next;
    }

    public void ends() {
        completion.complete(new RunFinished(PolicyVersion.INITIAL, "all steps taken", Samples.COUNTS));
    }

    public List<String> asked() {
        return List.copyOf(asked);
    }

    /** Waits until so many more commands have come than were waited for before. */
    public boolean hears(int commands) throws InterruptedException {
        return heard.tryAcquire(commands, 10, TimeUnit.SECONDS);
    }

    @Override
    public CompletionStage<RunStatus> status() {
        return answer("status");
    }

    @Override
    public CompletionStage<RunStatus> pause(PauseMode mode) {
        return answer("pause " + mode);
    }

    @Override
    public CompletionStage<RunStatus> resume() {
        return answer("resume");
    }

    @Override
    public CompletionStage<DivergenceSwitched> switchDivergence(String spec, OptionalDouble coefficient) {
        return answer("switch " + spec + " " + coefficient)
                .thenApply(status -> new DivergenceSwitched(
                        status.divergence(),
                        status.coefficient(),
                        spec,
                        coefficient.orElse(status.coefficient()),
                        status.version().next()));
    }

    @Override
    public CompletionStage<CheckpointWritten> checkpoint() {
        return answer("checkpoint")
                .thenApply(status ->
                        new CheckpointWritten(new PolicyVersion(12), "checkpoints/step-000012", 1_234_567, 0.01, 0.2));
    }

    @Override
    public CompletionStage<RolledBack> rollback(PolicyVersion version) {
        return answer("rollback " + version)
                .thenApply(status -> new RolledBack(
                        status.version(), version, status.version().next(), 4, "checkpoints/" + version, 7));
    }

    @Override
    public CompletionStage<RunStatus> stop(StopMode mode) {
        return answer("stop " + mode);
    }

    @Override
    public CompletionStage<RunFinished> completion() {
        return completion;
    }

    private CompletionStage<RunStatus> answer(String command) {
        asked.add(command);
        heard.release();
        return answer.get();
    }
}
