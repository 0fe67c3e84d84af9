package dev.freshet.ops.control;

import dev.freshet.actors.RunState;
import dev.freshet.ops.run.Journal;
import dev.freshet.streams.PipelineEvent.EvaluationCompleted;
import dev.freshet.streams.StageSnapshot;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * What a run shows of itself, beside what {@link dev.freshet.actors.RunControl} steers. What it refuses fails its stage with
 * {@link dev.freshet.actors.RefusedException}. From any thread.
 */
public interface RunView {
    /** The run's journal, or empty while the run is not ready to write one. */
    Optional<Journal> journal();

    /** Who is told of calls. */
    CallListener calls();

    CompletionStage<RunState> state();

    /** What the stages do; empty before the run has begun. */
    List<StageSnapshot> stages();

    /**
     * Completions of a prompt by the newest version, beside training.
     *
     * @return completed by its caller, it is not begun any more
     */
    CompletableFuture<PolicySample> sample(PolicySample.Order order);

    /**
     * Measures the newest version, beside training; one at a time.
     *
     * @param suite a name of the task's suites, or empty for the held-out one
     * @return cancelled, it gives the measurement up
     */
    CompletableFuture<EvaluationCompleted> evaluate(String suite);
}
