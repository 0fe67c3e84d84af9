package dev.freshet.streams;

import dev.freshet.model.dataset.AdmittedExample;
import dev.freshet.model.dataset.DatasetBatch;
import dev.freshet.model.dataset.ScoredExample;
import dev.freshet.streams.TrainingSteps.Learning;
import java.util.List;

/** What the stages of one dataset pipeline share. */
record DatasetParts(
        DatasetRun run,
        AdmissionGate<AdmittedExample> admission,
        TrainingSteps<DatasetBatch> steps,
        StageClock clock,
        PipelineLife life) {
    private static final List<StageName> MEASURED = List.of(
            StageName.EXAMPLES, StageName.READ, StageName.SCORE_REFERENCE, StageName.LEARN, StageName.PUSH_WEIGHTS);

    static StageClock clock(DatasetRun run) {
        return new StageClock(MEASURED, run.nanoTime());
    }

    static DatasetParts of(DatasetRun run, StageClock clock) {
        AdmissionGate<AdmittedExample> admission =
                new AdmissionGate<>(run.ledger(), () -> true, run.examples(), clock.of(StageName.EXAMPLES));
        TrainingSteps<DatasetBatch> steps = new TrainingSteps<>(
                new Learning<>(run.ports()::learn, DatasetParts::sequences),
                run.steps(),
                run.ledger(),
                admission,
                new GeneratedTokens(),
                clock.of(StageName.LEARN),
                run.nanoTime());
        return new DatasetParts(run, admission, steps, clock, new PipelineLife(run.ledger(), admission, steps, clock));
    }

    private static List<Long> sequences(DatasetBatch batch) {
        return batch.examples().stream().map(ScoredExample::sequence).toList();
    }

    DatasetPipelineSettings settings() {
        return run.settings();
    }

    DatasetPorts ports() {
        return run.ports();
    }
}
