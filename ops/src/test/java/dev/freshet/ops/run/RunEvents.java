package dev.freshet.ops.run;

import dev.freshet.model.learning.StepReport;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.streams.Asker;
import dev.freshet.streams.DropReason;
import dev.freshet.streams.EvaluationMeasures;
import dev.freshet.streams.GroupCounts;
import dev.freshet.streams.PipelineEvent.EvaluationCompleted;
import dev.freshet.streams.PipelineEvent.GroupDropped;
import dev.freshet.streams.PipelineEvent.RolloutsSampled;
import dev.freshet.streams.PipelineEvent.RunStarted;
import dev.freshet.streams.PipelineEvent.StepTrained;
import dev.freshet.streams.SampledRollout;
import java.util.List;
import java.util.Map;

/** Events of a plausible run, for tests. */
public final class RunEvents {
    private RunEvents() {}

    public static RunStarted started(long resumedFrom) {
        return new RunStarted("quickstart", "0.1.0", 17, 120, 3, resumedFrom);
    }

    /** A step that trained on the batch before {@code version}; staleness 2 at most. */
    public static StepTrained step(long version) {
        return step(report(version, 0.5 + 0.003 * version, 0.01 * version), version);
    }

    public static StepTrained step(StepReport report, long version) {
        return new StepTrained(report, groups(version), 250.5, 4096.25, 5120.75);
    }

    public static GroupCounts groups(long version) {
        return new GroupCounts(8 * version + 11, 8 * version, Map.of(DropReason.NO_SIGNAL, 3L), 2, 6);
    }

    public static StepReport report(long version, double reward, double divergenceValue) {
        return new StepReport(
                new PolicyVersion(version),
                "grpo",
                "js",
                0.04,
                8 * (version - 1),
                8 * version - 1,
                8,
                64,
                1024,
                reward,
                reward,
                -0.01,
                1.25,
                divergenceValue,
                1.001,
                0.97,
                0.01,
                0.02,
                0,
                0,
                0.8,
                1e-4,
                0,
                Math.min(version - 1, 2),
                0.9,
                0.25,
                0,
                0);
    }

    public static EvaluationCompleted evaluated(long version, double passAt1, double passAt8) {
        return new EvaluationCompleted(
                "held_out",
                new PolicyVersion(version),
                128,
                8,
                Map.of(1, passAt1, 8, passAt8),
                0.5,
                1.5,
                2.0,
                Asker.RUN,
                EvaluationMeasures.NONE);
    }

    /** An evaluation beside the steps, with all that it may say; 2 of its answers are overdue. */
    public static EvaluationCompleted measured(String suite, long version) {
        return new EvaluationCompleted(
                suite,
                new PolicyVersion(version),
                64,
                8,
                Map.of(1, 0.25, 8, 0.5),
                0.25,
                1.5,
                2.0,
                Asker.INTERVAL,
                new EvaluationMeasures(
                        Map.of("overdue", 2),
                        1.5,
                        Map.of(1, 0.25, 2, 0.5),
                        0.75,
                        Map.of("reverse-kl", 0.0625, "forward-kl", 0.09375, "js", 0.03125),
                        -0.125));
    }

    public static GroupDropped dropped(long sequence) {
        return new GroupDropped(sequence, DropReason.NO_SIGNAL, "all 8 rewards are 1.0");
    }

    public static RolloutsSampled sampled(long version, String completion) {
        return new RolloutsSampled(
                new PolicyVersion(version),
                List.of(new SampledRollout(8 * version, "17+25=", completion, 1.0, version - 1, version)));
    }
}
