package dev.freshet.actors;

import dev.freshet.actors.RefusedException.Kind;
import dev.freshet.model.objective.Regularisation;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.streams.ChangeOrigin;
import dev.freshet.streams.PipelineEvent.DivergenceSwitched;
import java.util.OptionalDouble;

/** A wish for another divergence. Without a coefficient, the one in force stays. */
record DivergenceChange(String spec, OptionalDouble coefficient) implements RunChange<DivergenceSwitched> {
    @Override
    public RunParameters applyTo(RunParameters now, Steering steering, boolean hasReference) {
        RunChange.requireShort("a divergence", spec);
        RunParameters changed = wanted(now);
        RunChange.requirePrepared(changed.objective(), now.objective(), hasReference);
        return changed;
    }

    @Override
    public DivergenceSwitched event(RunParameters before, RunParameters after, PolicyVersion version) {
        Regularisation from = before.objective().regularisation();
        Regularisation to = after.objective().regularisation();
        return new DivergenceSwitched(
                from.spec(), from.coefficient(), to.spec(), to.coefficient(), version.next(), ChangeOrigin.COMMAND);
    }

    private RunParameters wanted(RunParameters now) {
        Regularisation before = now.objective().regularisation();
        try {
            return now.withRegularisation(before.with(spec, coefficient.orElse(before.coefficient())));
        } catch (IllegalArgumentException e) {
            throw new RefusedException(Kind.INVALID_ARGUMENT, Failures.describe(e));
        }
    }
}
