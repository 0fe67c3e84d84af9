package dev.freshet.ops.training;

import dev.freshet.actors.RunParameters;
import dev.freshet.model.checkpoint.TrainingState;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.streams.ChangeOrigin;
import dev.freshet.streams.PipelineEvent;
import dev.freshet.streams.PipelineEvent.DivergenceSwitched;
import dev.freshet.streams.PipelineEvent.ObjectiveSwitched;
import dev.freshet.streams.PipelineEvent.ParameterChanged;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a resumed run has in force that its settings do not say, and what its settings and commands have changed since its
 * checkpoint.
 */
final class ParameterNews {
    private static final String CONTROL = "freshet.divergence-control.kind";
    private static final String FIXED = "fixed";

    private ParameterNews() {}

    /**
     * @param saved as the checkpoint has it
     * @param state that the run goes on from
     */
    static List<PipelineEvent> of(RunConfiguration configuration, TrainingState saved, TrainingState state) {
        PolicyVersion next = saved.version().next();
        Map<String, String> then = Provenance.inForceThen(saved);
        Map<String, String> settings = configuration.steering().configured().allTexts();
        List<PipelineEvent> news = new ArrayList<>(switches(saved, state, next));
        Map<String, String> inForce = Provenance.inForceThen(state);
        boolean controlled = !inForce.getOrDefault(CONTROL, FIXED).equals(FIXED);
        new TreeMap<>(inForce).forEach((key, value) -> {
            if (controlled && key.equals(RunParameters.COEFFICIENT)) {
                return; // Goes its own way from step to step.
            }
            String set = settings.getOrDefault(key, value);
            if (!Provenance.isSame(value, set)) {
                news.add(new ParameterChanged(key, set, value, next, ChangeOrigin.RESUME));
                return;
            }
            String before = then.getOrDefault(key, value);
            if (!Provenance.isSame(value, before) && !RunParameters.SWITCHED.contains(key)) {
                news.add(new ParameterChanged(key, before, value, next, ChangeOrigin.RESUME));
            }
        });
        return news;
    }

    private static List<PipelineEvent> switches(TrainingState saved, TrainingState state, PolicyVersion next) {
        List<PipelineEvent> switches = new ArrayList<>();
        if (!saved.objective().equals(state.objective())) {
            switches.add(
                    new ObjectiveSwitched(saved.objective(), state.objective(), List.of(), next, ChangeOrigin.RESUME));
        }
        boolean sameDivergence = saved.divergence().equals(state.divergence())
                && saved.divergenceCoefficient() == state.divergenceCoefficient();
        if (!sameDivergence) {
            switches.add(new DivergenceSwitched(
                    saved.divergence(),
                    saved.divergenceCoefficient(),
                    state.divergence(),
                    state.divergenceCoefficient(),
                    next,
                    ChangeOrigin.RESUME));
        }
        return switches;
    }
}
