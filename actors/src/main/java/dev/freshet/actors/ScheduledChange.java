package dev.freshet.actors;

import dev.freshet.actors.RefusedException.Kind;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.streams.PipelineEvent;
import dev.freshet.streams.PipelineEvent.DivergenceSwitched;
import dev.freshet.streams.PipelineEvent.ObjectiveSwitched;
import dev.freshet.streams.PipelineEvent.ParameterChanged;
import dev.freshet.streams.PipelineEvent.SteeringTakenBack;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A change that a command made behind the checkpoint that a run goes on from: it comes into force again at the version at which
 * it did before, since the steps up to there are taken again.
 *
 * @param firstVersion the first that is made with it, or sampled from
 * @param settings what it sets, by key; at least one
 */
public record ScheduledChange(PolicyVersion firstVersion, Map<String, String> settings) {
    public ScheduledChange {
        settings = Map.copyOf(settings);
        if (settings.isEmpty()) {
            throw new IllegalArgumentException("a change must set something");
        }
    }

    /** What an event of a change says; empty for any other event. */
    public static Optional<ScheduledChange> of(PipelineEvent event) {
        if (event instanceof DivergenceSwitched divergence) {
            return Optional.of(new ScheduledChange(
                    divergence.firstVersion(),
                    Map.of(
                            RunParameters.DIVERGENCE, divergence.toSpec(),
                            RunParameters.COEFFICIENT, Double.toString(divergence.toCoefficient()))));
        }
        if (event instanceof ParameterChanged parameter) {
            return Optional.of(
                    new ScheduledChange(parameter.firstVersion(), Map.of(parameter.key(), parameter.toValue())));
        }
        if (event instanceof ObjectiveSwitched objective) {
            Map<String, String> settings = new HashMap<>(Map.of(RunParameters.OBJECTIVE, objective.toName()));
            objective.changes().forEach(change -> settings.put(change.key(), change.toValue()));
            return Optional.of(new ScheduledChange(objective.firstVersion(), settings));
        }
        return Optional.empty();
    }

    /** Whether it has to be in force while {@code newest} is the newest version. */
    public boolean isDueAt(PolicyVersion newest) {
        return settings.keySet().stream()
                .allMatch(key -> firstVersion.compareTo(RunParameters.firstVersion(key, newest)) <= 0);
    }

    /** Whether it came into force while {@code newest} was the newest version. */
    public boolean isFirstDueAt(PolicyVersion newest) {
        return settings.keySet().stream().anyMatch(key -> firstVersion.equals(RunParameters.firstVersion(key, newest)));
    }

    /** What is left of it when something else decides on some keys; empty if nothing is. */
    public Optional<ScheduledChange> without(Collection<String> keys) {
        Map<String, String> left = new HashMap<>(settings);
        left.keySet().removeAll(keys);
        return left.isEmpty() ? Optional.empty() : Optional.of(new ScheduledChange(firstVersion, left));
    }

    /** What it sets of some keys; empty if nothing. */
    public Optional<ScheduledChange> only(Collection<String> keys) {
        Map<String, String> left = new HashMap<>(settings);
        left.keySet().retainAll(keys);
        return left.isEmpty() ? Optional.empty() : Optional.of(new ScheduledChange(firstVersion, left));
    }

    /** That it will not come again. */
    public SteeringTakenBack takenBack(String why) {
        return new SteeringTakenBack(settings, firstVersion, why);
    }

    /**
     * What is in force with it.
     *
     * @throws IllegalArgumentException if it breaks a rule, with what else is in force
     */
    public RunParameters applyTo(RunParameters now, Steering steering) {
        Map<String, String> texts = new HashMap<>(now.allTexts());
        texts.putAll(settings);
        return steering.with(texts);
    }

    /** @throws RefusedException if the run cannot have it */
    RunParameters applyTo(RunParameters now, Steering steering, boolean hasReference) {
        try {
            RunParameters changed = applyTo(now, steering);
            RunChange.requirePrepared(changed.objective(), now.objective(), hasReference);
            return changed;
        } catch (IllegalArgumentException broken) {
            throw new RefusedException(Kind.INVALID_ARGUMENT, Failures.describe(broken));
        }
    }
}
