package dev.freshet.actors;

import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.streams.PipelineEvent.CheckpointWritten;
import dev.freshet.streams.PipelineEvent.DivergenceSwitched;
import dev.freshet.streams.PipelineEvent.ObjectiveSwitched;
import dev.freshet.streams.PipelineEvent.ParameterChanged;
import dev.freshet.streams.PipelineEvent.RunFinished;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.CompletionStage;

/**
 * Steers a run. A command that the run cannot carry out fails its stage with {@link RefusedException} and changes nothing;
 * one that is not answered in time fails with {@link java.util.concurrent.TimeoutException}.
 */
public interface RunControl {
    CompletionStage<RunStatus> status();

    /** Completes when no step runs any more: nothing is admitted, and no step is taken, until {@link #resume}. */
    CompletionStage<RunStatus> pause(PauseMode mode);

    CompletionStage<RunStatus> resume();

    /** The switch falls between two steps; the answer names the first version made with the new divergence. */
    CompletionStage<DivergenceSwitched> switchDivergence(String spec, OptionalDouble coefficient, ChangeMode mode);

    default CompletionStage<DivergenceSwitched> switchDivergence(String spec, OptionalDouble coefficient) {
        return switchDivergence(spec, coefficient, ChangeMode.CARRY_OUT);
    }

    /**
     * As {@link #switchDivergence}, for the objective.
     *
     * @param settings of the objective, by key; those that are not given keep what is in force
     */
    CompletionStage<ObjectiveSwitched> switchObjective(String name, Map<String, String> settings, ChangeMode mode);

    /**
     * Changes one mutable setting between two steps. The answer names the first version that is made with the new value, or
     * sampled from with it.
     */
    CompletionStage<ParameterChanged> setParameter(String key, String value, ChangeMode mode);

    /** What is in force now, the temperature for example. */
    CompletionStage<RunParameters> parameters();

    /** What {@link #setParameter} takes. */
    List<MutableSetting> mutableSettings();

    /** What {@link #switchObjective} takes, and whether this run can. */
    CompletionStage<List<ObjectiveOffer>> objectives();

    CompletionStage<CheckpointWritten> checkpoint();

    /**
     * Goes back to the weights of a checkpoint of this run, as a new version; answers when that is written as a checkpoint, too,
     * or says why not.
     */
    CompletionStage<RollbackAnswer> rollback(PolicyVersion version);

    /**
     * Asks the run to end; {@link #completion} tells when it has. Who stops a run that drains, cuts the drain short.
     *
     * @param why for the journal, or empty where the command says it all
     */
    CompletionStage<RunStatus> stop(StopMode mode, String why);

    default CompletionStage<RunStatus> stop(StopMode mode) {
        return stop(mode, "");
    }

    /** Completes when the run has ended, by itself or on command; fails if it failed. */
    CompletionStage<RunFinished> completion();

    enum ChangeMode {
        CARRY_OUT,
        /** Only tell what would happen, or why not. */
        DRY_RUN
    }

    enum PauseMode {
        /** Groups in flight are finished by the generators, and wait. */
        AFTER_STEP,
        /** The generators, too, halt at the end of their running chunk. */
        NOW
    }

    enum StopMode {
        /** Learn from what is in flight, write a checkpoint, end. */
        DRAIN,
        /** Finish the running step, hand back what is in flight, write a checkpoint, end. */
        NOW
    }
}
