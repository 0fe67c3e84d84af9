package dev.freshet.model.checkpoint;

import java.util.Map;

/**
 * Settings that commands may change while a run goes on, each by its key as text that a settings file could have. What is
 * switched, objective and divergence, stands in {@link TrainingState} itself.
 *
 * @param inForce when the state was taken
 * @param configured as the run's settings had them, those of objective and divergence included: a run that is resumed with other
 *     settings has been told anew since
 */
public record SavedParameters(Map<String, String> inForce, Map<String, String> configured) {
    /** Of a state that says nothing of them: format 1. */
    public static final SavedParameters NONE = new SavedParameters(Map.of(), Map.of());

    public SavedParameters {
        inForce = Map.copyOf(inForce);
        configured = Map.copyOf(configured);
    }
}
