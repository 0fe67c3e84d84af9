package dev.freshet.streams;

import dev.freshet.streams.PipelineEvent.AnswersVerified;
import dev.freshet.streams.PipelineEvent.ChangeScheduled;
import dev.freshet.streams.PipelineEvent.CheckpointFailed;
import dev.freshet.streams.PipelineEvent.CheckpointRefused;
import dev.freshet.streams.PipelineEvent.CheckpointWritten;
import dev.freshet.streams.PipelineEvent.DeletionFailed;
import dev.freshet.streams.PipelineEvent.DivergenceSwitched;
import dev.freshet.streams.PipelineEvent.DivergencesMeasured;
import dev.freshet.streams.PipelineEvent.EvaluationCompleted;
import dev.freshet.streams.PipelineEvent.EvaluationMissed;
import dev.freshet.streams.PipelineEvent.FidelityMeasured;
import dev.freshet.streams.PipelineEvent.FileDeleted;
import dev.freshet.streams.PipelineEvent.GroupDropped;
import dev.freshet.streams.PipelineEvent.GroupsReturned;
import dev.freshet.streams.PipelineEvent.GroupsTakenBack;
import dev.freshet.streams.PipelineEvent.ObjectiveSwitched;
import dev.freshet.streams.PipelineEvent.ParameterChanged;
import dev.freshet.streams.PipelineEvent.PartLeftOut;
import dev.freshet.streams.PipelineEvent.PartRestarted;
import dev.freshet.streams.PipelineEvent.ReferenceScored;
import dev.freshet.streams.PipelineEvent.RolledBack;
import dev.freshet.streams.PipelineEvent.RolloutsSampled;
import dev.freshet.streams.PipelineEvent.RunFinished;
import dev.freshet.streams.PipelineEvent.RunStarted;
import dev.freshet.streams.PipelineEvent.StateChanged;
import dev.freshet.streams.PipelineEvent.SteeringTakenBack;
import dev.freshet.streams.PipelineEvent.StepMeasured;
import dev.freshet.streams.PipelineEvent.StepTrained;
import dev.freshet.streams.PipelineEvent.TailCut;
import dev.freshet.streams.PipelineEvent.WarmUpProgressed;
import dev.freshet.streams.PipelineEvent.WeightsTakenUp;

/** One method an event: a new event does not compile until every consumer has said what it does with it. */
public interface PipelineEventVisitor<R> {
    R onRunStarted(RunStarted event);

    R onGroupsTakenBack(GroupsTakenBack event);

    R onWarmUpProgressed(WarmUpProgressed event);

    R onReferenceScored(ReferenceScored event);

    R onStepTrained(StepTrained event);

    R onRolloutsSampled(RolloutsSampled event);

    R onStepMeasured(StepMeasured event);

    R onDivergencesMeasured(DivergencesMeasured event);

    R onAnswersVerified(AnswersVerified event);

    R onWeightsTakenUp(WeightsTakenUp event);

    R onGroupDropped(GroupDropped event);

    R onGroupsReturned(GroupsReturned event);

    R onStateChanged(StateChanged event);

    R onDivergenceSwitched(DivergenceSwitched event);

    R onParameterChanged(ParameterChanged event);

    R onObjectiveSwitched(ObjectiveSwitched event);

    R onChangeScheduled(ChangeScheduled event);

    R onSteeringTakenBack(SteeringTakenBack event);

    R onRolledBack(RolledBack event);

    R onCheckpointWritten(CheckpointWritten event);

    R onCheckpointFailed(CheckpointFailed event);

    R onCheckpointRefused(CheckpointRefused event);

    R onEvaluationCompleted(EvaluationCompleted event);

    R onFidelityMeasured(FidelityMeasured event);

    R onEvaluationMissed(EvaluationMissed event);

    R onPartRestarted(PartRestarted event);

    R onPartLeftOut(PartLeftOut event);

    R onTailCut(TailCut event);

    R onFileDeleted(FileDeleted event);

    R onDeletionFailed(DeletionFailed event);

    R onRunFinished(RunFinished event);
}
