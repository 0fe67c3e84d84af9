package dev.freshet.actors;

import dev.freshet.model.checkpoint.TrainingState;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which settings may change while a run goes on, and how they are read: by the same rules as at its start. */
public interface Steering {
    /** What {@code SetParameter} takes, in the order in which to show it. */
    List<MutableSetting> mutable();

    /** Names of the objectives there are. */
    List<String> objectives();

    /** Keys of the settings that are one objective's alone. */
    Set<String> settingsOf(String objective);

    /**
     * The run's parameters when the given settings differ from those that it was started with.
     *
     * @param texts by key, as {@link RunParameters#allTexts}
     * @throws IllegalArgumentException with value, rule and key, if one of them breaks a rule
     */
    RunParameters with(Map<String, String> texts);

    /**
     * What was in force when {@code state} was taken. What the state does not tell stays as it is {@code now}.
     *
     * @throws IllegalArgumentException if the run cannot have it
     */
    default RunParameters inForceIn(TrainingState state, RunParameters now) {
        Map<String, String> texts = new HashMap<>(now.texts());
        texts.putAll(state.parameters().inForce());
        texts.put(RunParameters.OBJECTIVE, state.objective());
        texts.put(RunParameters.DIVERGENCE, state.divergence());
        texts.put(RunParameters.COEFFICIENT, Double.toString(state.divergenceCoefficient()));
        return with(texts);
    }
}
