package dev.freshet.actors;

import dev.freshet.actors.RefusedException.Kind;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.streams.ChangeOrigin;
import dev.freshet.streams.PipelineEvent.ParameterChanged;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A wish for another value of one setting, as it would stand in a settings file. */
record ParameterChange(String key, String value) implements RunChange<ParameterChanged> {
    @Override
    public RunParameters applyTo(RunParameters now, Steering steering, boolean hasReference) {
        RunChange.requireShort("a key", key);
        RunChange.requireShort("the value of " + key, value);
        List<String> mutable =
                steering.mutable().stream().map(MutableSetting::key).toList();
        if (!mutable.contains(key)) {
            throw new RefusedException(
                    Kind.INVALID_ARGUMENT,
                    "setting " + key + " cannot change while a run goes on; those that can are "
                            + String.join(", ", mutable));
        }
        Map<String, String> texts = new HashMap<>(now.allTexts());
        texts.put(key, value);
        RunParameters changed;
        try {
            changed = steering.with(texts);
        } catch (IllegalArgumentException e) {
            throw new RefusedException(Kind.INVALID_ARGUMENT, Failures.describe(e));
        }
        // An estimator, or a form of rehearsal, may want the reference that the one in force does without.
        RunChange.requirePrepared(changed.objective(), now.objective(), hasReference);
        return changed;
    }

    @Override
    public ParameterChanged event(RunParameters before, RunParameters after, PolicyVersion version) {
        return new ParameterChanged(
                key,
                before.allTexts().getOrDefault(key, ""),
                after.allTexts().getOrDefault(key, ""),
                RunParameters.firstVersion(key, version),
                ChangeOrigin.COMMAND);
    }
}
