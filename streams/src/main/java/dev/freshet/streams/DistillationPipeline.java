package dev.freshet.streams;

import akka.Done;
import akka.NotUsed;
import akka.stream.KillSwitches;
import akka.stream.UniqueKillSwitch;
import akka.stream.javadsl.Flow;
import akka.stream.javadsl.Keep;
import akka.stream.javadsl.RunnableGraph;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import dev.freshet.model.learning.StepReport;
import dev.freshet.streams.TrainingSteps.Learning;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Distillation as a stream: all that flows is the number of the next round, from which what is drawn in it follows. Steps, events, counts
 * and steering are those of {@link RolloutPipeline}; a round is a group.
 */
public final class DistillationPipeline {
    private static final List<StageName> MEASURED = List.of(StageName.ROUNDS, StageName.LEARN);

    private DistillationPipeline() {}

    /** What the stages share. */
    private record Parts(
            DistillationRun run, AdmissionGate<Long> admission, TrainingSteps<Long> steps, PipelineLife life) {
        static Parts of(DistillationRun run, StageClock clock) {
            AdmissionGate<Long> admission =
                    new AdmissionGate<>(run.ledger(), () -> true, Long::valueOf, clock.of(StageName.ROUNDS));
            TrainingSteps<Long> steps = new TrainingSteps<>(
                    new Learning<Long>(run.ports()::learn, List::of),
                    run.steps(),
                    run.ledger(),
                    admission,
                    new GeneratedTokens(),
                    clock.of(StageName.LEARN),
                    run.nanoTime());
            return new Parts(run, admission, steps, new PipelineLife(run.ledger(), admission, steps, clock));
        }
    }

    /** The pipeline of a run, to be run once. */
    public static RunnableGraph<RunningPipeline> of(DistillationRun run) {
        return of(Parts.of(run, new StageClock(MEASURED, run.nanoTime())));
    }

    /** As {@link RolloutPipeline#after}. */
    public static RunnableGraph<RunningPipeline> after(
            PipelineControl ended, DistillationRun run, Beginning beginning) {
        Parts parts = Parts.of(run, ended.clock().goingOn(run.nanoTime()));
        if (beginning == Beginning.PAUSED) {
            parts.life().pause();
        }
        return of(parts);
    }

    private static RunnableGraph<RunningPipeline> of(Parts parts) {
        return rounds(parts).viaMat(learn(parts), Keep.right()).toMat(ended(), parts.life()::running);
    }

    /** The numbers of the rounds, one ahead of the one that is learnt from. */
    private static Source<Long, NotUsed> rounds(Parts parts) {
        return Source.repeat(parts.admission())
                .mapAsync(1, AdmissionGate::next)
                .takeWhile(Optional::isPresent)
                .map(Optional::orElseThrow)
                .watchTermination((notUsed, ended) -> parts.admission().closeAfter(ended))
                .named(StageName.ROUNDS.label());
    }

    /** As {@link Stages#learn}. */
    private static Flow<Long, StepReport, UniqueKillSwitch> learn(Parts parts) {
        return Flow.<Long>create()
                .viaMat(KillSwitches.single(), Keep.right())
                .take(parts.run().steps())
                .mapAsync(1, parts.steps()::take)
                .mapConcat(report -> report.stream().toList())
                .named(StageName.LEARN.label());
    }

    private static Sink<StepReport, CompletionStage<Done>> ended() {
        return Sink.ignore();
    }
}
