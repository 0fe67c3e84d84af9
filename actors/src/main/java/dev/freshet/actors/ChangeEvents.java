package dev.freshet.actors;

import dev.freshet.model.objective.Regularisation;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.streams.ChangeOrigin;
import dev.freshet.streams.PipelineEvent;
import dev.freshet.streams.PipelineEvent.DivergenceSwitched;
import dev.freshet.streams.PipelineEvent.ObjectiveSwitched;
import dev.freshet.streams.PipelineEvent.ParameterChanged;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** The events of an exchange of what is in force for something else, whatever led to it. */
final class ChangeEvents {
    private ChangeEvents() {}

    /** @param newest version, which the exchange follows */
    static List<PipelineEvent> between(
            RunParameters before, RunParameters after, PolicyVersion newest, ChangeOrigin origin) {
        List<PipelineEvent> changes = new ArrayList<>();
        String was = before.objective().name();
        String is = after.objective().name();
        if (!was.equals(is)) {
            changes.add(new ObjectiveSwitched(was, is, List.of(), newest.next(), origin));
        }
        Regularisation old = before.objective().regularisation();
        Regularisation now = after.objective().regularisation();
        if (!old.spec().equals(now.spec()) || old.coefficient() != now.coefficient()) {
            changes.add(new DivergenceSwitched(
                    old.spec(), old.coefficient(), now.spec(), now.coefficient(), newest.next(), origin));
        }
        new TreeMap<>(after.texts()).forEach((key, value) -> {
            String earlier = before.texts().getOrDefault(key, "");
            if (!earlier.equals(value)) {
                PolicyVersion first = RunParameters.firstVersion(key, newest);
                changes.add(new ParameterChanged(key, earlier, value, first, origin));
            }
        });
        return changes;
    }
}
