package dev.freshet.ops.run;

import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.task.Task;
import dev.freshet.streams.GroupCounts;
import dev.freshet.streams.PipelineEvent;
import dev.freshet.streams.PipelineEvent.DivergenceSwitched;
import dev.freshet.streams.PipelineEvent.EvaluationCompleted;
import dev.freshet.streams.PipelineEvent.RolledBack;
import dev.freshet.streams.PipelineEvent.RunFinished;
import dev.freshet.streams.PipelineEvent.RunStarted;
import dev.freshet.streams.PipelineEvent.StateChanged;
import dev.freshet.streams.PipelineEvent.StepTrained;
import dev.freshet.streams.PipelineEvent.WarmUpProgressed;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a run's events add up to. Of evaluations those of the held-out suite count: at version 0 one is "before", at the version that
 * the run stands at "after"; what was measured on the way is neither. Rates are means over time; what passed before a change of
 * state counts for none, so that a pause does not slow them down.
 */
final class RunTally {
    private final String initialDivergence;
    private final long rolledBack;
    private Map<Integer, Double> before;
    private Map<Integer, Double> later = Map.of();
    private PolicyVersion laterVersion = PolicyVersion.INITIAL;
    private long maxStaleness;
    private long stalenessBound;
    private long steps;
    private PolicyVersion version = PolicyVersion.INITIAL;
    private @Nullable String divergence;
    private GroupCounts groups = GroupCounts.NONE;
    private @Nullable Instant ratedUntil;
    private double ratedSeconds;
    private double rollouts;
    private double tokens;

    /**
     * @param initialDivergence spec in force when the run starts
     * @param before pass@k by k at version 0 as an earlier attempt measured it, or empty
     * @param maxStaleness the largest of earlier attempts, or 0
     * @param rolledBack by how much version and steps differed at the end of the attempt before
     */
    RunTally(String initialDivergence, Map<Integer, Double> before, long maxStaleness, long rolledBack) {
        this.rolledBack = rolledBack;
        this.initialDivergence = initialDivergence;
        this.before = Map.copyOf(before);
        this.maxStaleness = maxStaleness;
    }

    void add(PipelineEvent event, Instant time) {
        if (event instanceof StepTrained step) {
            addStep(step, time);
        } else if (event instanceof EvaluationCompleted evaluation) {
            addEvaluation(evaluation);
        } else if (event instanceof RunStarted started) {
            version = new PolicyVersion(Math.max(0, started.resumedFrom()));
            steps = Math.max(0, version.number() - rolledBack);
            stalenessBound = started.stalenessBound();
        } else if (event instanceof RolledBack back) {
            version = back.version();
            steps = back.step();
        } else if (event instanceof DivergenceSwitched switched) {
            divergence = switched.toSpec();
        } else if (event instanceof RunFinished finished) {
            version = finished.version();
            groups = finished.groups();
        }
        boolean beforeFirstStep =
                ratedSeconds == 0 && (event instanceof WarmUpProgressed || event instanceof EvaluationCompleted);
        if (beforeFirstStep || event instanceof StateChanged) {
            ratedUntil = time;
        }
    }

    RunSummary summary(Duration sinceStart) {
        Map<Integer, Double> after = laterVersion.equals(version) ? later : Map.of();
        return new RunSummary(
                steps,
                sinceStart.toMillis() / 1e3,
                version,
                divergence == null ? initialDivergence : divergence,
                before.getOrDefault(1, Double.NaN),
                after.getOrDefault(1, Double.NaN),
                before.getOrDefault(8, Double.NaN),
                after.getOrDefault(8, Double.NaN),
                rollouts / ratedSeconds,
                tokens / ratedSeconds,
                maxStaleness,
                stalenessBound,
                groups);
    }

    private void addStep(StepTrained step, Instant time) {
        double seconds = ratedUntil == null
                ? step.report().seconds()
                : Duration.between(ratedUntil, time).toNanos() / 1e9;
        ratedUntil = time;
        ratedSeconds += seconds;
        rollouts += seconds * step.rolloutsPerSecond();
        tokens += seconds * step.generatedTokensPerSecond();
        steps++;
        version = step.report().version();
        divergence = step.report().divergence();
        maxStaleness = Math.max(maxStaleness, step.report().maxStaleness());
        groups = step.groups();
    }

    private void addEvaluation(EvaluationCompleted evaluation) {
        if (!evaluation.suite().equals(Task.HELD_OUT)) {
            return;
        }
        if (evaluation.version().equals(PolicyVersion.INITIAL)) {
            before = evaluation.passAtK();
        } else {
            later = evaluation.passAtK();
            laterVersion = evaluation.version();
        }
    }
}
