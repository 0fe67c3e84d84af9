package dev.freshet.actors;

import akka.Done;
import akka.actor.typed.ActorSystem;
import dev.freshet.streams.Beginning;
import dev.freshet.streams.DatasetPipeline;
import dev.freshet.streams.DatasetPorts;
import dev.freshet.streams.DatasetRun;
import dev.freshet.streams.DistillationPipeline;
import dev.freshet.streams.DistillationPorts;
import dev.freshet.streams.DistillationRun;
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

/**
 * The pipelines of a run, one after another, with their ledger: before the first, while one runs, and after the last. Safe on any
 * thread.
 */
final class RunStream {
    private final RunPlan plan;
    private final GroupLedger ledger;
    private volatile Optional<PipelineControl> control = Optional.empty();

    RunStream(RunPlan plan) {
        this.plan = plan;
        this.ledger = GroupLedger.resume(plan.start().cursor(), TrainingRecord.groups(plan.start()), plan.events());
    }

    /**
     * To be called when no pipeline runs; the stage completes, or fails, when this one has, and every group is accounted for.
     *
     * @param beginning of a pipeline that is not the first
     */
    CompletionStage<Done> start(RolloutFeed feed, PipelinePorts ports, Beginning beginning, ActorSystem<?> system) {
        RolloutRun run = new RolloutRun(
                feed.pipeline(), plan.stepsLeft(), feed.task()::trainingPrompt, ports, ledger, plan.nanoTime());
        return started(control.map(ended -> RolloutPipeline.after(ended, run, beginning))
                .orElseGet(() -> RolloutPipeline.of(run))
                .run(system));
    }

    /** The same from a dataset. */
    CompletionStage<Done> start(DatasetFeed feed, DatasetPorts ports, Beginning beginning, ActorSystem<?> system) {
        DatasetRun run = new DatasetRun(
                feed.pipeline(),
                plan.stepsLeft(),
                feed.examples()::admitted,
                feed.examples().size(),
                ports,
                ledger,
                plan.nanoTime());
        return started(control.map(ended -> DatasetPipeline.after(ended, run, beginning))
                .orElseGet(() -> DatasetPipeline.of(run))
                .run(system));
    }

    /** The same of rounds of a distillation. */
    CompletionStage<Done> startRounds(DistillationPorts ports, Beginning beginning, ActorSystem<?> system) {
        DistillationRun run = new DistillationRun(plan.stepsLeft(), ports, ledger, plan.nanoTime());
        return started(control.map(ended -> DistillationPipeline.after(ended, run, beginning))
                .orElseGet(() -> DistillationPipeline.of(run))
                .run(system));
    }

    private CompletionStage<Done> started(RunningPipeline running) {
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

    /** As {@link #abort()}, for the reason that the groups' return is told with. */
    void abort(String why) {
        control.ifPresent(running -> running.abort(why));
    }

    GroupCounts counts() {
        return ledger.snapshot();
    }

    /** As {@link #counts}, without waiting while an event is told. */
    GroupCounts latest() {
        return ledger.latest();
    }

    List<StageSnapshot> stages() {
        return control.map(PipelineControl::stages).orElseGet(List::of);
    }
}
