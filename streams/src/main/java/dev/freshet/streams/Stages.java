package dev.freshet.streams;

import akka.Done;
import akka.NotUsed;
import akka.stream.KillSwitches;
import akka.stream.UniqueKillSwitch;
import akka.stream.javadsl.Flow;
import akka.stream.javadsl.Keep;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import dev.freshet.model.learning.StepReport;
import dev.freshet.model.rollout.AdmittedPrompt;
import dev.freshet.model.rollout.LearningBatch;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.rollout.RolloutGroup;
import dev.freshet.model.rollout.ScoredGroup;
import dev.freshet.model.rollout.VerifiedGroup;
import dev.freshet.streams.Outcome.Dropped;
import dev.freshet.streams.Outcome.Passed;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * The stages of {@link RolloutPipeline}, each of which keeps the order of the groups.
 *
 * <p>The staleness bound counts every group that a stage can hold. {@code mapAsync} holds its parallelism. {@code map},
 * {@code mapConcat}, {@code take} and {@code takeWhile} hold none, and {@code grouped} collects only what the learner has
 * asked for. Other operators are not as frugal: see {@code docs/adr/020-what-the-stages-hold.md} before adding one.
 */
final class Stages {
    private Stages() {}

    /** Prompts in the order of their admission numbers, one ahead of what has been generated from. */
    static Source<AdmittedPrompt, NotUsed> prompts(PipelineParts parts) {
        return Source.repeat(parts.admission())
                .mapAsync(1, AdmissionGate::next)
                .takeWhile(Optional::isPresent)
                .map(Optional::orElseThrow)
                .watchTermination((notUsed, ended) -> parts.admission().closeAfter(ended))
                .named(StageName.PROMPTS.label());
    }

    static Flow<AdmittedPrompt, RolloutGroup, NotUsed> generate(PipelineParts parts) {
        StageActivity activity = parts.clock().of(StageName.GENERATE);
        return Flow.<AdmittedPrompt>create()
                .mapAsync(
                        parts.settings().generateParallelism(),
                        prompt -> activity.measure(() -> parts.ports().generate(prompt)))
                .map(outcome -> counted(outcome, parts.generated()))
                .mapConcat(outcome -> leave(activity, outcome, parts.admission()))
                .named(StageName.GENERATE.label());
    }

    /** Rewards each rollout. Groups whose rewards are all equal end here if the objective in force learns nothing from them. */
    static Flow<RolloutGroup, VerifiedGroup, NotUsed> verify(PipelineParts parts) {
        StageActivity activity = parts.clock().of(StageName.VERIFY);
        return Flow.<RolloutGroup>create()
                .mapAsync(
                        parts.settings().verifyParallelism(),
                        group -> activity.measure(() -> parts.ports().verify(group)))
                .map(outcome -> requireSignal(outcome, parts.ports()))
                .mapConcat(outcome -> leave(activity, outcome, parts.admission()))
                .named(StageName.VERIFY.label());
    }

    static Flow<VerifiedGroup, ScoredGroup, NotUsed> scoreReference(PipelineParts parts) {
        StageActivity activity = parts.clock().of(StageName.SCORE_REFERENCE);
        return Flow.<VerifiedGroup>create()
                .mapAsync(
                        parts.settings().scoreParallelism(),
                        group -> activity.measure(() -> parts.ports().scoreReference(group)))
                .mapConcat(outcome -> leave(activity, outcome, parts.admission()))
                .named(StageName.SCORE_REFERENCE.label());
    }

    /**
     * A guard that drops nothing unless a port breaks its promise. It looks at a group when the learner has asked for it and no
     * step runs, so that the version it compares with is the one that learns from the group.
     */
    static Flow<ScoredGroup, ScoredGroup, NotUsed> dropStale(PipelineParts parts) {
        return Flow.<ScoredGroup>create()
                .map(group -> requireFresh(group, parts))
                .mapConcat(outcome -> passed(outcome, parts.admission()))
                .named(StageName.DROP_STALE.label());
    }

    /** Full batches only: at the end of a drain, the groups of a last, smaller one stay in flight and are handed back. */
    static Flow<ScoredGroup, List<ScoredGroup>, NotUsed> batch(PipelineParts parts) {
        int groups = parts.settings().batchGroups();
        return Flow.<ScoredGroup>create()
                .grouped(groups)
                .takeWhile(batch -> batch.size() == groups)
                .named(StageName.BATCH.label());
    }

    /**
     * Joins rehearsal sequences to a batch, whatever the objective in force reads, as references are scored. As in {@link #dropStale} the
     * learner has asked for the batch, and the version that is published is the one that learns from it.
     */
    static Flow<List<ScoredGroup>, LearningBatch, NotUsed> rehearse(PipelineParts parts) {
        return Flow.<List<ScoredGroup>>create()
                .map(groups -> new LearningBatch(groups, parts.ports().rehearsal(groups)))
                .named(StageName.REHEARSE.label());
    }

    /**
     * Takes the steps that the run has left, one at a time. Nothing more is asked for once the last batch is there. The
     * materialised switch cuts the stream before the next step.
     */
    static Flow<LearningBatch, StepReport, UniqueKillSwitch> learn(PipelineParts parts) {
        return Flow.<LearningBatch>create()
                .viaMat(KillSwitches.single(), Keep.right())
                .take(parts.run().steps())
                .mapAsync(1, parts.steps()::take)
                .mapConcat(report -> report.stream().toList())
                .named(StageName.LEARN.label());
    }

    /** Tells generators elsewhere of the newest version, skipping those that came while it was at it: never stalls a step. */
    static Sink<StepReport, CompletionStage<Done>> pushWeights(PipelineParts parts) {
        StageActivity activity = parts.clock().of(StageName.PUSH_WEIGHTS);
        return Flow.<StepReport>create()
                .map(StepReport::version)
                .conflate((older, newer) -> newer)
                .mapAsync(1, version -> activity.measure(() -> parts.ports().pushWeights(version)))
                .map(done -> leave(activity, done))
                .toMat(Sink.ignore(), Keep.right())
                .named(StageName.PUSH_WEIGHTS.label());
    }

    private static Outcome<RolloutGroup> counted(Outcome<RolloutGroup> outcome, GeneratedTokens generated) {
        if (outcome instanceof Passed<RolloutGroup> passed) {
            generated.add(passed.value());
        }
        return outcome;
    }

    private static Outcome<VerifiedGroup> requireSignal(Outcome<VerifiedGroup> outcome, PipelinePorts ports) {
        if (outcome instanceof Passed<VerifiedGroup> passed
                && !passed.value().hasRewardVariance()
                && ports.needsRewardVariance()) {
            VerifiedGroup group = passed.value();
            return new Dropped<>(
                    group.sequence(),
                    DropReason.NO_SIGNAL,
                    "all " + group.rewards().size() + " rewards are " + group.meanReward()
                            + ", and the objective learns from their differences only");
        }
        return outcome;
    }

    private static Outcome<ScoredGroup> requireFresh(ScoredGroup group, PipelineParts parts) {
        PolicyVersion oldest = group.group().oldestVersion();
        PolicyVersion published = parts.ports().publishedVersion();
        int maxStaleness = parts.ports().maxStaleness(parts.settings().maxStaleness());
        if (published.minus(oldest) <= maxStaleness) {
            return new Passed<>(group);
        }
        return new Dropped<>(
                group.sequence(),
                DropReason.STALE,
                "its oldest token is from " + oldest + ", " + published.minus(oldest) + " behind " + published
                        + "; max-staleness is " + maxStaleness + " (freshet.max-staleness)");
    }

    private static <T> T leave(StageActivity activity, T value) {
        activity.left();
        return value;
    }

    private static <T> List<T> leave(StageActivity activity, Outcome<T> outcome, AdmissionGate<?> admission) {
        activity.left();
        return passed(outcome, admission);
    }

    /** What goes on: the group that passed, or nothing when it was dropped, which ends it with its reason. */
    private static <T> List<T> passed(Outcome<T> outcome, AdmissionGate<?> admission) {
        if (outcome instanceof Passed<T> passed) {
            return List.of(passed.value());
        }
        admission.drop((Dropped<T>) outcome);
        return List.of();
    }
}
