package dev.freshet.ops.training;

import dev.freshet.actors.RefusedException;
import dev.freshet.actors.RefusedException.Kind;
import dev.freshet.actors.Run;
import dev.freshet.actors.RunControl;
import dev.freshet.actors.RunState;
import dev.freshet.actors.RunStatus;
import dev.freshet.ops.control.CallListener;
import dev.freshet.ops.control.PolicySample;
import dev.freshet.ops.control.RunView;
import dev.freshet.ops.run.Journal;
import dev.freshet.streams.PipelineEvent.EvaluationCompleted;
import dev.freshet.streams.StageSnapshot;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** What the control service shows of a run, from before it has anything to show until after it has ended. */
final class ObservedRun implements RunView {
    private static final String STARTING =
            "the run is still starting and has no weights yet; try again when its status says running";

    private final CallListener calls;
    private final RunControl control;
    private volatile @Nullable Journal journal;
    private volatile @Nullable Run run;
    private volatile @Nullable PolicyAccess policy;
    private volatile String noPolicy = STARTING;

    /** @param calls told of calls */
    ObservedRun(RunControl control, CallListener calls) {
        this.control = control;
        this.calls = calls;
    }

    void opened(Journal growing) {
        journal = growing;
    }

    void started(Run running) {
        run = running;
    }

    /** There will be nothing to have of a policy. */
    void showsNoPolicy(String why) {
        noPolicy = why;
    }

    /** From now on callers can have of the policy what {@code access} gives, until that is closed. */
    void shows(PolicyAccess access) {
        policy = access;
    }

    @Override
    public Optional<Journal> journal() {
        return Optional.ofNullable(journal);
    }

    @Override
    public CallListener calls() {
        return calls;
    }

    @Override
    public CompletionStage<RunState> state() {
        return control.status().thenApply(RunStatus::state);
    }

    @Override
    public List<StageSnapshot> stages() {
        Run running = run;
        return running == null ? List.of() : running.stages();
    }

    @Override
    public CompletableFuture<PolicySample> sample(PolicySample.Order order) {
        try {
            return policy().sampler().sample(order);
        } catch (RefusedException refused) {
            return CompletableFuture.failedFuture(refused);
        }
    }

    @Override
    public CompletableFuture<EvaluationCompleted> evaluate(String suite) {
        try {
            return policy().evaluator().evaluate(suite);
        } catch (RefusedException refused) {
            return CompletableFuture.failedFuture(refused);
        }
    }

    private PolicyAccess policy() {
        PolicyAccess access = policy;
        if (access == null) {
            throw new RefusedException(Kind.FAILED_PRECONDITION, noPolicy);
        }
        return access;
    }
}
