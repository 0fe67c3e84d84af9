package dev.freshet.streams;

import dev.freshet.model.rollout.AdmittedPrompt;
import dev.freshet.model.rollout.LearningBatch;
import dev.freshet.model.rollout.ScoredGroup;
import dev.freshet.streams.TrainingSteps.Learning;
import java.util.List;
import java.util.function.BooleanSupplier;

/** What the stages of one rollout pipeline share. */
record PipelineParts(
        RolloutRun run,
        AdmissionGate<AdmittedPrompt> admission,
        GeneratedTokens generated,
        TrainingSteps<LearningBatch> steps,
        StageClock clock,
        PipelineLife life) {
    /** The stages that call a port, and the gate. */
    private static final List<StageName> MEASURED = List.of(
            StageName.PROMPTS,
            StageName.GENERATE,
            StageName.VERIFY,
            StageName.SCORE_REFERENCE,
            StageName.LEARN,
            StageName.PUSH_WEIGHTS);

    static StageClock clock(RolloutRun run) {
        return new StageClock(MEASURED, run.nanoTime());
    }

    static PipelineParts of(RolloutRun run, StageClock clock) {
        AdmissionGate<AdmittedPrompt> admission = new AdmissionGate<>(
                run.ledger(), room(run), sequence -> admitted(run, sequence), clock.of(StageName.PROMPTS));
        GeneratedTokens generated = new GeneratedTokens();
        TrainingSteps<LearningBatch> steps = new TrainingSteps<>(
                new Learning<>(run.ports()::learn, PipelineParts::sequences),
                run.steps(),
                run.ledger(),
                admission,
                generated,
                clock.of(StageName.LEARN),
                run.nanoTime());
        return new PipelineParts(
                run, admission, generated, steps, clock, new PipelineLife(run.ledger(), admission, steps, clock));
    }

    /**
     * A step makes room for a batch only when its version is published, and a dropped group makes room for one more: that the groups
     * of batch k + 1 wait for version k is a limit on groups in flight.
     */
    private static BooleanSupplier room(RolloutRun run) {
        return run.settings().mode() == AdmissionMode.SYNCHRONOUS
                ? () -> run.ledger().inFlight() < run.settings().batchGroups()
                : () -> true;
    }

    private static AdmittedPrompt admitted(RolloutRun run, long sequence) {
        return new AdmittedPrompt(
                sequence, run.prompts().apply(sequence), run.ports().temperature());
    }

    private static List<Long> sequences(LearningBatch batch) {
        return batch.groups().stream().map(ScoredGroup::sequence).toList();
    }

    PipelineSettings settings() {
        return run.settings();
    }

    PipelinePorts ports() {
        return run.ports();
    }
}
