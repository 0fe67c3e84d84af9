package dev.freshet.actors;

import dev.freshet.model.learning.StepReport;
import dev.freshet.model.learning.StepSettings;
import dev.freshet.model.objective.DatasetObjective;
import dev.freshet.model.objective.FDistill;
import dev.freshet.model.objective.Objective;
import dev.freshet.model.objective.PolicyObjective;
import dev.freshet.model.objective.Regularisation;
import dev.freshet.model.rollout.PolicyVersion;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * All that may change while a run goes on, as it is in force at one moment. Immutable: a change is the exchange of one value for
 * another between two steps.
 *
 * @param step what a training step is taken with, beside the objective
 * @param temperature of the groups that are admitted
 * @param maxStaleness at least the staleness bound
 * @param texts the settings that these values were read from, by key; all but {@link #SWITCHED}
 */
public record RunParameters(
        Objective objective,
        StepSettings step,
        double temperature,
        int maxStaleness,
        ActorSettings settings,
        Map<String, String> texts) {
    public static final String OBJECTIVE = "freshet.objective";
    public static final String DIVERGENCE = "freshet.divergence";
    public static final String COEFFICIENT = "freshet.divergence-coefficient";

    public static final String TEMPERATURE = "freshet.generation.temperature";

    /** What {@link #objective} tells. */
    public static final Set<String> SWITCHED = Set.of(OBJECTIVE, DIVERGENCE, COEFFICIENT);

    public RunParameters {
        texts = Map.copyOf(texts);
    }

    /** @throws IllegalStateException in a run that learns from a dataset */
    PolicyObjective policyObjective() {
        if (objective instanceof PolicyObjective policy) {
            return policy;
        }
        throw new IllegalStateException("objective " + objective.name() + " learns from no rollouts");
    }

    /** @throws IllegalStateException in a run that learns from rollouts */
    DatasetObjective datasetObjective() {
        if (objective instanceof DatasetObjective dataset) {
            return dataset;
        }
        throw new IllegalStateException("objective " + objective.name() + " learns from no dataset");
    }

    /** @throws IllegalStateException in a run that distils nothing */
    FDistill distillation() {
        if (objective instanceof FDistill distillation) {
            return distillation;
        }
        throw new IllegalStateException("objective " + objective.name() + " distils nothing");
    }

    /** The same for the step after a step, in which a controlled coefficient is another. */
    RunParameters after(StepReport report) {
        Regularisation next = objective.regularisationAfter(report.version(), report.divergenceValue());
        return next.equals(objective.regularisation()) ? this : withRegularisation(next);
    }

    /**
     * The first version that is made with a value set while {@code newest} is the newest version, or sampled from with it: the
     * temperature is the generators', and they sample from the newest.
     */
    static PolicyVersion firstVersion(String key, PolicyVersion newest) {
        return key.equals(TEMPERATURE) ? newest : newest.next();
    }

    RunParameters withRegularisation(Regularisation other) {
        return new RunParameters(objective.withRegularisation(other), step, temperature, maxStaleness, settings, texts);
    }

    /** The settings that all of these values follow from, by key. */
    public Map<String, String> allTexts() {
        Map<String, String> all = new HashMap<>(texts);
        all.put(OBJECTIVE, objective.name());
        all.put(DIVERGENCE, objective.regularisation().spec());
        all.put(COEFFICIENT, Double.toString(objective.regularisation().coefficient()));
        return all;
    }
}
