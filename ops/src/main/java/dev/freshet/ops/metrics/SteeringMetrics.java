package dev.freshet.ops.metrics;

import dev.freshet.actors.RunParameters;
import dev.freshet.model.objective.KnownObjectives;
import io.prometheus.metrics.core.metrics.Gauge;
import java.util.Map;

/** What is in force of all that may change while a run goes on; {@link DivergenceMetrics} has the divergence. */
final class SteeringMetrics {
    private final Gauge objective;
    private final Gauge setting;

    SteeringMetrics(Instruments instruments) {
        objective = instruments.gauge(
                "freshet_objective_active", "0 or 1", "1 for the objective in force, 0 for the others", "objective");
        setting = instruments.gauge(
                "freshet_setting",
                "the setting's own",
                "Value in force of a setting that may change while the run goes on, if it is a plain number",
                "key");
        KnownObjectives.names().forEach(name -> objective.labelValues(name).set(0));
    }

    void objective(String inForce) {
        KnownObjectives.names().forEach(name -> objective.labelValues(name).set(name.equals(inForce) ? 1 : 0));
    }

    /** @param texts as they would stand in a settings file, by key */
    void settings(Map<String, String> texts) {
        texts.forEach(this::setting);
    }

    void setting(String key, String text) {
        if (RunParameters.SWITCHED.contains(key)) {
            return;
        }
        try {
            setting.labelValues(key).set(Double.parseDouble(text));
        } catch (NumberFormatException words) {
            setting.remove(key);
        }
    }
}
