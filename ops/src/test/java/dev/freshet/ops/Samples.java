package dev.freshet.ops;

import dev.freshet.actors.RunState;
import dev.freshet.actors.RunStatus;
import dev.freshet.model.learning.StepReport;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.streams.DropReason;
import dev.freshet.streams.GroupCounts;
import dev.freshet.streams.PipelineEvent.StepTrained;
import java.util.Map;
import java.util.Optional;

/** Values that tests of this module share: a step and a run, every field with a value of its own. */
public final class Samples {
    public static final GroupCounts COUNTS =
            new GroupCounts(120, 96, Map.of(DropReason.NO_SIGNAL, 6L, DropReason.STALE, 1L), 1, 16);

    private Samples() {}

    public static StepReport step(long version) {
        return step(version, "js", 0.0131);
    }

    public static StepReport step(long version, String divergence, double divergenceValue) {
        return step(version, divergence, divergenceValue, 1);
    }

    /** A step that so many mini-batches of were not finite. */
    public static StepReport skipping(int miniBatches) {
        return step(1, "js", 0.0131, miniBatches);
    }

    private static StepReport step(long version, String divergence, double divergenceValue, int skippedMiniBatches) {
        return new StepReport(
                new PolicyVersion(version),
                "grpo",
                divergence,
                0.02,
                88,
                95,
                8,
                64,
                640,
                0.625,
                0.609375,
                -0.0123,
                0.421,
                divergenceValue,
                1.003,
                0.97,
                0.011,
                0.022,
                0.003,
                0.004,
                0.83,
                3e-4,
                skippedMiniBatches,
                2,
                0.75,
                0.125,
                32,
                320);
    }

    public static StepTrained trained(long version) {
        return new StepTrained(step(version), COUNTS, 512.4, 9876.5, 10123.4);
    }

    public static RunStatus running() {
        return in(RunState.RUNNING);
    }

    public static RunStatus in(RunState state) {
        return new RunStatus(
                "sample",
                state,
                "as asked",
                new PolicyVersion(12),
                200,
                "grpo",
                "js",
                0.02,
                2,
                COUNTS,
                Optional.of(step(12)),
                Optional.of(new PolicyVersion(4)));
    }

    public static RunStatus starting() {
        return new RunStatus(
                "sample",
                RunState.STARTING,
                "",
                PolicyVersion.INITIAL,
                200,
                "grpo",
                "none",
                0,
                2,
                GroupCounts.NONE,
                Optional.empty(),
                Optional.empty());
    }
}
