package dev.freshet.streams;

import dev.freshet.model.generation.WeightSwap;
import dev.freshet.model.learning.DivergenceReading;
import dev.freshet.model.learning.StepMeasures;
import dev.freshet.model.learning.StepReport;
import dev.freshet.model.rollout.PolicyVersion;
import java.util.List;
import java.util.Map;

/**
 * Everything worth knowing about a run, once. Journal, metrics, progress display and tests all feed on this one type, so
 * that they cannot disagree. Events carry no time: whoever records one stamps it.
 */
public sealed interface PipelineEvent {
    <R> R accept(PipelineEventVisitor<R> visitor);

    /** Whether it is for the journal; what comes too often, or is too long for it, is for metrics and files of its own. */
    default boolean belongsInJournal() {
        return !(this instanceof RolloutsSampled
                || this instanceof StepMeasured
                || this instanceof AnswersVerified
                || this instanceof WeightsTakenUp);
    }

    /** The run begins, or goes on after a stop: {@code resumedFrom} is then the version taken up, else -1. */
    record RunStarted(
            String run, String freshetVersion, long seed, int totalSteps, long stalenessBound, long resumedFrom)
            implements PipelineEvent {
        @Override
        public <R> R accept(PipelineEventVisitor<R> visitor) {
            return visitor.onRunStarted(this);
        }
    }

    /** A resumed run takes back what was in flight: the groups from {@code cursor} on enter again. */
    record GroupsTakenBack(String checkpoint, PolicyVersion version, long cursor, long groups)
            implements PipelineEvent {
        @Override
        public <R> R accept(PipelineEventVisitor<R> visitor) {
            return visitor.onGroupsTakenBack(this);
        }
    }

    record WarmUpProgressed(int step, int totalSteps, double loss, double tokensPerSecond) implements PipelineEvent {
        @Override
        public <R> R accept(PipelineEventVisitor<R> visitor) {
            return visitor.onWarmUpProgressed(this);
        }
    }

    /** Examples of {@code total} in a dataset whose reference log-probs have been computed and stored, once for all of its epochs. */
    record ReferenceScored(long examples, long total) implements PipelineEvent {
        @Override
        public <R> R accept(PipelineEventVisitor<R> visitor) {
            return visitor.onReferenceScored(this);
        }
    }

    /**
     * A training step with the counts as they stood when it ended, and rates that are means over the time since the step before.
     *
     * @param rolloutsPerSecond rollouts learnt from
     * @param trainedTokensPerSecond completion tokens learnt from
     * @param generatedTokensPerSecond completion tokens of all sampled groups, those that are dropped or wait included
     */
    record StepTrained(
            StepReport report,
            GroupCounts groups,
            double rolloutsPerSecond,
            double trainedTokensPerSecond,
            double generatedTokensPerSecond)
            implements PipelineEvent {
        @Override
        public <R> R accept(PipelineEventVisitor<R> visitor) {
            return visitor.onStepTrained(this);
        }
    }

    /** A few of a step's rollouts, decoded; for the rollouts file, not for the journal. */
    record RolloutsSampled(PolicyVersion version, List<SampledRollout> rollouts) implements PipelineEvent {
        public RolloutsSampled {
            rollouts = List.copyOf(rollouts);
        }

        @Override
        public <R> R accept(PipelineEventVisitor<R> visitor) {
            return visitor.onRolloutsSampled(this);
        }
    }

    /** What a step saw in detail, told just before its {@link StepTrained}; for the metrics, not for the journal. */
    record StepMeasured(StepMeasures measures) implements PipelineEvent {
        @Override
        public <R> R accept(PipelineEventVisitor<R> visitor) {
            return visitor.onStepMeasured(this);
        }
    }

    /** All divergences, as measured on the batch that made a version. */
    record DivergencesMeasured(PolicyVersion version, List<DivergenceReading> readings) implements PipelineEvent {
        public DivergencesMeasured {
            readings = List.copyOf(readings);
        }

        @Override
        public <R> R accept(PipelineEventVisitor<R> visitor) {
            return visitor.onDivergencesMeasured(this);
        }
    }

    /**
     * A verifier has looked at a group's answers, in training at those before one that it could not score; not for the journal.
     *
     * @param group its admission number, or its place among the prompts of an evaluation
     */
    record AnswersVerified(long group, String verifier, AnswerPurpose purpose, List<AnswerVerified> answers)
            implements PipelineEvent {
        public AnswersVerified {
            answers = List.copyOf(answers);
        }

        @Override
        public <R> R accept(PipelineEventVisitor<R> visitor) {
            return visitor.onAnswersVerified(this);
        }
    }

    /** A generator samples with a newer version from now on; not for the journal. */
    record WeightsTakenUp(String generator, WeightSwap swap) implements PipelineEvent {
        @Override
        public <R> R accept(PipelineEventVisitor<R> visitor) {
            return visitor.onWeightsTakenUp(this);
        }
    }

    record GroupDropped(long sequence, DropReason reason, String detail) implements PipelineEvent {
        @Override
        public <R> R accept(PipelineEventVisitor<R> visitor) {
            return visitor.onGroupDropped(this);
        }
    }

    /** Groups in flight were handed back to the source, because of a drain, a stop or a lost node. */
    record GroupsReturned(long groups, String why) implements PipelineEvent {
        @Override
        public <R> R accept(PipelineEventVisitor<R> visitor) {
            return visitor.onGroupsReturned(this);
        }
    }

    /** The run changed state, for example from {@code running} to {@code paused}. */
    record StateChanged(String from, String to, String why) implements PipelineEvent {
        @Override
        public <R> R accept(PipelineEventVisitor<R> visitor) {
            return visitor.onStateChanged(this);
        }
    }

    /** {@code firstVersion} is the first version made with the new divergence. */
    record DivergenceSwitched(
            String fromSpec,
            double fromCoefficient,
            String toSpec,
            double toCoefficient,
            PolicyVersion firstVersion,
            ChangeOrigin origin)
            implements PipelineEvent {
        @Override
        public <R> R accept(PipelineEventVisitor<R> visitor) {
            return visitor.onDivergenceSwitched(this);
        }
    }

    /**
     * A setting has another value than before, or than the run's settings say.
     *
     * @param firstVersion the first version made, or sampled from, with the new value
     */
    record ParameterChanged(
            String key, String fromValue, String toValue, PolicyVersion firstVersion, ChangeOrigin origin)
            implements PipelineEvent {
        @Override
        public <R> R accept(PipelineEventVisitor<R> visitor) {
            return visitor.onParameterChanged(this);
        }
    }

    /** {@code firstVersion} is the first version made with the new objective. */
    record ObjectiveSwitched(
            String fromName,
            String toName,
            List<SettingChange> changes,
            PolicyVersion firstVersion,
            ChangeOrigin origin)
            implements PipelineEvent {
        public ObjectiveSwitched {
            changes = List.copyOf(changes);
        }

        @Override
        public <R> R accept(PipelineEventVisitor<R> visitor) {
            return visitor.onObjectiveSwitched(this);
        }
    }

    /** A resumed run will have it in force again where a command, behind its checkpoint, had it come into force. */
    record ChangeScheduled(Map<String, String> settings, PolicyVersion firstVersion) implements PipelineEvent {
        public ChangeScheduled {
            settings = Map.copyOf(settings);
        }

        @Override
        public <R> R accept(PipelineEventVisitor<R> visitor) {
            return visitor.onChangeScheduled(this);
        }
    }

    /** What a command did behind the checkpoint of a resumed run, and that will not come again; without settings, a rollback. */
    record SteeringTakenBack(Map<String, String> settings, PolicyVersion firstVersion, String why)
            implements PipelineEvent {
        public SteeringTakenBack {
            settings = Map.copyOf(settings);
        }

        @Override
        public <R> R accept(PipelineEventVisitor<R> visitor) {
            return visitor.onSteeringTakenBack(this);
        }
    }

    /**
     * The weights of a checkpoint, {@code path}, were taken up again, as a new version.
     *
     * @param from the version before
     * @param parent the checkpoint's version
     * @param step steps that the weights have behind them
     * @param returnedGroups that were in flight, and enter again
     */
    record RolledBack(
            PolicyVersion from,
            PolicyVersion parent,
            PolicyVersion version,
            long step,
            String path,
            long returnedGroups)
            implements PipelineEvent {
        @Override
        public <R> R accept(PipelineEventVisitor<R> visitor) {
            return visitor.onRolledBack(this);
        }
    }

    record CheckpointWritten(PolicyVersion version, String path, long bytes, double copySeconds, double writeSeconds)
            implements PipelineEvent {
        @Override
        public <R> R accept(PipelineEventVisitor<R> visitor) {
            return visitor.onCheckpointWritten(this);
        }
    }

    /** A checkpoint that was due could not be written. */
    record CheckpointFailed(PolicyVersion version, String why) implements PipelineEvent {
        @Override
        public <R> R accept(PipelineEventVisitor<R> visitor) {
            return visitor.onCheckpointFailed(this);
        }
    }

    /** A checkpoint that a resumed run has found damaged, and passes over for an older one. */
    record CheckpointRefused(PolicyVersion version, String why) implements PipelineEvent {
        @Override
        public <R> R accept(PipelineEventVisitor<R> visitor) {
            return visitor.onCheckpointRefused(this);
        }
    }

    /**
     * A held-out suite was measured on one version.
     *
     * @param passAtK unbiased pass@k by k
     * @param meanReward mean reward of an answer
     * @param distinctCorrect mean over prompts of the number of different correct answers among the samples
     * @param askedBy who wanted it
     * @param measures what else is to be said of the answers
     */
    record EvaluationCompleted(
            String suite,
            PolicyVersion version,
            int prompts,
            int samples,
            Map<Integer, Double> passAtK,
            double meanReward,
            double distinctCorrect,
            double seconds,
            Asker askedBy,
            EvaluationMeasures measures)
            implements PipelineEvent {
        public EvaluationCompleted {
            passAtK = Map.copyOf(passAtK);
        }

        public EvaluationCompleted with(EvaluationMeasures other) {
            return new EvaluationCompleted(
                    suite, version, prompts, samples, passAtK, meanReward, distinctCorrect, seconds, askedBy, other);
        }

        @Override
        public <R> R accept(PipelineEventVisitor<R> visitor) {
            return visitor.onEvaluationCompleted(this);
        }
    }

    /**
     * Samples of a distilled student were measured against the data.
     *
     * @param measures by name, for example {@code forward_kl}; NaN where a sample was not finite
     * @param picture of some of them, a file within the run's folder; empty if it could not be written
     */
    record FidelityMeasured(
            PolicyVersion version, int samples, Map<String, Double> measures, String picture, double seconds)
            implements PipelineEvent {
        public FidelityMeasured {
            measures = InOrder.copyOf(measures);
        }

        @Override
        public <R> R accept(PipelineEventVisitor<R> visitor) {
            return visitor.onFidelityMeasured(this);
        }
    }

    /** A held-out suite was to be measured on a version, and was not. */
    record EvaluationMissed(String suite, PolicyVersion version, MissedEvaluation how, String why)
            implements PipelineEvent {
        @Override
        public <R> R accept(PipelineEventVisitor<R> visitor) {
            return visitor.onEvaluationMissed(this);
        }
    }

    /** A supervised part failed and was restarted; what it held was asked for again elsewhere. */
    record PartRestarted(String part, String why) implements PipelineEvent {
        @Override
        public <R> R accept(PipelineEventVisitor<R> visitor) {
            return visitor.onPartRestarted(this);
        }
    }

    /** A part hangs or failed too often, and the run goes on without it; what it held was asked for again elsewhere. */
    record PartLeftOut(String part, String why) implements PipelineEvent {
        @Override
        public <R> R accept(PipelineEventVisitor<R> visitor) {
            return visitor.onPartLeftOut(this);
        }
    }

    /** A file ended in the middle of a line, since the last process died or its disk was full: that line was cut off. */
    record TailCut(String file, long bytes, String beginning) implements PipelineEvent {
        @Override
        public <R> R accept(PipelineEventVisitor<R> visitor) {
            return visitor.onTailCut(this);
        }
    }

    /**
     * A file of the run was deleted because too many are there, or it is too old.
     *
     * @param kind journal, metrics, rollouts, log or checkpoint
     * @param file within the run's directory
     */
    record FileDeleted(String kind, String file, long bytes, String why) implements PipelineEvent {
        @Override
        public <R> R accept(PipelineEventVisitor<R> visitor) {
            return visitor.onFileDeleted(this);
        }
    }

    /** Files that are too many or too old could not be deleted. Told once, and then tried again until it goes through. */
    record DeletionFailed(String why) implements PipelineEvent {
        @Override
        public <R> R accept(PipelineEventVisitor<R> visitor) {
            return visitor.onDeletionFailed(this);
        }
    }

    record RunFinished(PolicyVersion version, String outcome, GroupCounts groups) implements PipelineEvent {
        @Override
        public <R> R accept(PipelineEventVisitor<R> visitor) {
            return visitor.onRunFinished(this);
        }
    }
}
