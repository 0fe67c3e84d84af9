package dev.freshet.ops.training;

import dev.freshet.actors.Run;
import dev.freshet.actors.RunPlan;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.ops.cli.BuildInfo;
import dev.freshet.streams.PipelineEvent.RunStarted;

/** Who steers a run and who watches it, and how its stream is run between them. */
record RunLead(RunConfiguration configuration, StartingRun control, ObservedRun view, RunWatch watch) {
    RunStarted started(StartingPoint start) {
        return new RunStarted(
                control.name(),
                BuildInfo.read().version(),
                configuration.seed(),
                configuration.steps(),
                configuration.stalenessBound(),
                start.resumedFrom().map(PolicyVersion::number).orElse(-1L));
    }

    /** Returns when the stream has ended. */
    void stream(RunPlan plan) throws Exception {
        watch.metrics().goOnFrom(plan.groupsBefore());
        try (Run run = Run.start(plan)) {
            watch.metrics().watchStages(run::stages);
            watch.metrics().watchGroups(run::groups);
            view.started(run);
            control.started(run);
            control.awaitEnd(run);
        }
    }
}
