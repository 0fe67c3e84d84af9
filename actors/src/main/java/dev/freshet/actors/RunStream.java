package dev.freshet.actors;

import akka.Done;
import akka.actor.typed.ActorSystem;
import dev.freshet.streams.GroupCounts;
import dev.freshet.streams.GroupLedger;
import dev.freshet.streams.PipelineControl;
import dev.freshet.streams.PipelinePorts;
import dev.freshet.streams.RolloutPipeline;
import dev.freshet.streams.RolloutRun;
import dev.freshet.streams.RunningPipeline;
import dev.freshet.streams.StageSnapshot;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The pipeline of a run with its ledger, before its start, while it runs, and after its end. Safe on any thread. */
final class RunStream {
    private final RunPlan plan;
    private final GroupLedger ledger;
    private volatile Optional<PipelineControl> control = Optional.empty();

    RunStream(RunPlan plan) {
        this.plan = plan;
        this.ledger = GroupLedger.resume(plan.start().cursor(), TrainingRecord.groups(plan.start()), plan.events());
    }

    /** To be called once; the stage completes, or fails, when the pipeline has, and every group is accounted for. */
    CompletionStage<Done> start(PipelinePorts ports, ActorSystem<?> system) {
        RolloutRun run = new RolloutRun(
                plan.pipeline(), plan.stepsLeft(), plan.task()::trainingPrompt, ports, ledger, plan.nanoTime());
        RunningPipeline running = RolloutPipeline.of(run).run(system);
        control = Optional.of(running.control());
        return running.completion();
    }

    /** When this has returned, no step begins; the stage completes when none runs. */
    CompletionStage<Done> pause() {
        return control.map(PipelineControl::pause)
                .orElseGet(() -> CompletableFuture.completedFuture(Done.getInstance()));
    }

    /** As {@link #pause}, for whoever need not know when the running step ends. */
    void hold() {
        CompletionStage<Done> unused = pause();
    }

    void resume() {
        control.ifPresent(PipelineControl::resume);
    }

    /** Admits no more, learns from what is in flight, and ends. */
    void drain() {
        control.ifPresent(PipelineControl::drain);
    }

    /** Finishes the running step, hands back what is in flight, and ends. */
    void abort() {
        control.ifPresent(PipelineControl::abort);
    }

    GroupCounts counts() {
        return ledger.snapshot();
    }

    List<StageSnapshot> stages() {
        return control.map(PipelineControl::stages).orElseGet(List::of);
    }
}
