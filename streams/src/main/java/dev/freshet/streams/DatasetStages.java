package dev.freshet.streams;

import akka.Done;
import akka.NotUsed;
import akka.stream.KillSwitches;
import akka.stream.OverflowStrategy;
import akka.stream.UniqueKillSwitch;
import akka.stream.javadsl.Flow;
import akka.stream.javadsl.Keep;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import dev.freshet.model.dataset.AdmittedExample;
import dev.freshet.model.dataset.DatasetBatch;
import dev.freshet.model.dataset.ScoredExample;
import dev.freshet.model.dataset.TokenisedExample;
import dev.freshet.model.learning.StepReport;
import dev.freshet.streams.Outcome.Dropped;
import dev.freshet.streams.Outcome.Passed;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** The stages of {@link DatasetPipeline}, each of which keeps the order of the examples. */
final class DatasetStages {
    private DatasetStages() {}

    /** Examples in the order of their admission numbers, one ahead of what is being read. */
    static Source<AdmittedExample, NotUsed> examples(DatasetParts parts) {
        return Source.repeat(parts.admission())
                .mapAsync(1, AdmissionGate::next)
                .takeWhile(Optional::isPresent)
                .map(Optional::orElseThrow)
                .watchTermination((notUsed, ended) -> parts.admission().closeAfter(ended))
                .named(StageName.EXAMPLES.label());
    }

    /** Tokenises ahead. A line that cannot be used ends here, counted and named, or ends the run. */
    static Flow<AdmittedExample, TokenisedExample, NotUsed> read(DatasetParts parts) {
        StageActivity activity = parts.clock().of(StageName.READ);
        UnusableLines unusable =
                new UnusableLines(parts.settings().badLines(), parts.run().size());
        return Flow.<AdmittedExample>create()
                .mapAsync(
                        parts.settings().readParallelism(),
                        example -> activity.measure(() -> parts.ports().read(example)))
                .map(unusable::requireBearable)
                .mapConcat(outcome -> leave(activity, outcome, parts.admission()))
                .named(StageName.READ.label());
    }

    static Flow<TokenisedExample, ScoredExample, NotUsed> scoreReference(DatasetParts parts) {
        StageActivity activity = parts.clock().of(StageName.SCORE_REFERENCE);
        return Flow.<TokenisedExample>create()
                .mapAsync(
                        parts.settings().scoreParallelism(),
                        example -> activity.measure(() -> parts.ports().scoreReference(example)))
                .mapConcat(outcome -> leave(activity, outcome, parts.admission()))
                .named(StageName.SCORE_REFERENCE.label());
    }

    /** Full batches only: at the end of a drain, the examples of a last, smaller one stay in flight and are handed back. */
    static Flow<ScoredExample, DatasetBatch, NotUsed> batch(DatasetParts parts) {
        int examples = parts.settings().batchExamples();
        return Flow.<ScoredExample>create()
                .grouped(examples)
                .takeWhile(batch -> batch.size() == examples)
                .map(DatasetBatch::new)
                .named(StageName.BATCH.label());
    }

    /** Holds whole batches for the learner, so that what is before it works while a step is taken. */
    static Flow<DatasetBatch, DatasetBatch, NotUsed> prefetch(DatasetParts parts) {
        return Flow.<DatasetBatch>create()
                .buffer(parts.settings().prefetchBatches(), OverflowStrategy.backpressure())
                .named(StageName.PREFETCH.label());
    }

    /** As {@link Stages#learn}. */
    static Flow<DatasetBatch, StepReport, UniqueKillSwitch> learn(DatasetParts parts) {
        return Flow.<DatasetBatch>create()
                .viaMat(KillSwitches.single(), Keep.right())
                .take(parts.run().steps())
                .mapAsync(1, parts.steps()::take)
                .mapConcat(report -> report.stream().toList())
                .named(StageName.LEARN.label());
    }

    /** As {@link Stages#pushWeights}. */
    static Sink<StepReport, CompletionStage<Done>> pushWeights(DatasetParts parts) {
        StageActivity activity = parts.clock().of(StageName.PUSH_WEIGHTS);
        return Flow.<StepReport>create()
                .map(StepReport::version)
                .conflate((older, newer) -> newer)
                .mapAsync(1, version -> activity.measure(() -> parts.ports().pushWeights(version)))
                .map(done -> left(activity, done))
                .toMat(Sink.ignore(), Keep.right())
                .named(StageName.PUSH_WEIGHTS.label());
    }

    private static <T> T left(StageActivity activity, T value) {
        activity.left();
        return value;
    }

    private static <T> List<T> leave(StageActivity activity, Outcome<T> outcome, AdmissionGate<?> admission) {
        activity.left();
        if (outcome instanceof Passed<T> passed) {
            return List.of(passed.value());
        }
        admission.drop((Dropped<T>) outcome);
        return List.of();
    }
}
