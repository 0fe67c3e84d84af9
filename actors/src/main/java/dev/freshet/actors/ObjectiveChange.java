package dev.freshet.actors;

import dev.freshet.actors.RefusedException.Kind;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.streams.ChangeOrigin;
import dev.freshet.streams.PipelineEvent.ObjectiveSwitched;
import dev.freshet.streams.SettingChange;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A wish for another objective, or for other settings of the one in force.
 *
 * @param settings by key; those that are not given keep what is in force
 */
record ObjectiveChange(String name, Map<String, String> settings) implements RunChange<ObjectiveSwitched> {
    ObjectiveChange {
        settings = Map.copyOf(settings);
    }

    @Override
    public RunParameters applyTo(RunParameters now, Steering steering, boolean hasReference) {
        RunChange.requireShort("an objective", name);
        if (!steering.objectives().contains(name)) {
            throw new RefusedException(
                    Kind.INVALID_ARGUMENT,
                    "there is no objective " + name + "; those that there are: "
                            + String.join(", ", steering.objectives()));
        }
        requireOwn(steering.settingsOf(name));
        Map<String, String> texts = new HashMap<>(now.allTexts());
        texts.putAll(settings);
        texts.put(RunParameters.OBJECTIVE, name);
        RunParameters changed;
        try {
            changed = steering.with(texts);
        } catch (IllegalArgumentException e) {
            throw new RefusedException(Kind.INVALID_ARGUMENT, Failures.describe(e));
        }
        RunChange.requirePrepared(changed.objective(), now.objective(), hasReference);
        return changed;
    }

    /** Whether a run in which {@code now} is in force can be switched to it. */
    ObjectiveOffer offer(RunParameters now, Steering steering, boolean hasReference) {
        try {
            applyTo(now, steering, hasReference);
            return new ObjectiveOffer(name, Optional.empty());
        } catch (RefusedException unavailable) {
            return new ObjectiveOffer(name, Optional.of(Failures.describe(unavailable)));
        }
    }

    @Override
    public ObjectiveSwitched event(RunParameters before, RunParameters after, PolicyVersion version) {
        Map<String, String> from = before.texts();
        List<SettingChange> changes = new TreeMap<>(after.texts())
                .entrySet().stream()
                        .filter(entry -> !entry.getValue().equals(from.get(entry.getKey())))
                        .map(entry -> new SettingChange(
                                entry.getKey(), from.getOrDefault(entry.getKey(), ""), entry.getValue()))
                        .toList();
        return new ObjectiveSwitched(
                before.objective().name(), after.objective().name(), changes, version.next(), ChangeOrigin.COMMAND);
    }

    private void requireOwn(Set<String> own) {
        settings.forEach((key, value) -> {
            RunChange.requireShort("a key", key);
            RunChange.requireShort("the value of " + key, value);
            if (!own.contains(key)) {
                throw new RefusedException(
                        Kind.INVALID_ARGUMENT,
                        "setting " + key + " is none of objective " + name + ", whose settings are "
                                + String.join(", ", new TreeSet<>(own)));
            }
        });
    }
}
