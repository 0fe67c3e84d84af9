package dev.freshet.ops.metrics;

import dev.freshet.model.divergence.DivergenceSpec;
import dev.freshet.model.learning.DivergenceReading;
import io.prometheus.metrics.core.metrics.Gauge;
import java.util.List;
import java.util.Set;

/**
 * Which divergence holds the policy to its reference, how strongly, and how far the policy has gone. Divergences with a
 * parameter have series only while they are in force, so that switches do not add up to ever more.
 */
final class DivergenceMetrics {
    private static final String NONE = "none";
    private static final String OF_THE_LOSS = "loss";
    private static final String MONITORED = "monitor";
    private static final String REFERENCE = "reference";
    private static final Set<String> NAMED = DivergenceSpec.named().keySet();

    private final Gauge active;
    private final Gauge coefficient;
    private final Gauge value;
    private String activeSpec = NONE;

    DivergenceMetrics(Instruments instruments) {
        active = instruments.gauge(
                "freshet_divergence_active", "0 or 1", "1 for the divergence in force, 0 for the others", "divergence");
        coefficient = instruments.gauge(
                "freshet_divergence_coefficient", "factor", "Factor of the divergence in force, in the newest step");
        value = instruments.gauge(
                "freshet_divergence",
                "the divergence's own",
                "Estimate of a divergence of the policy, mean over tokens. Estimator loss: the one in force, at every step;"
                        + " monitor: all of them, at the newest step that was monitored",
                "divergence",
                "estimator",
                "against");
        NAMED.forEach(spec -> active.labelValues(spec).set(0));
        active.labelValues(NONE).set(0);
    }

    void inForce(String spec, double factor) {
        if (!spec.equals(activeSpec)) {
            value.remove(activeSpec, OF_THE_LOSS, REFERENCE);
            if (NAMED.contains(activeSpec) || activeSpec.equals(NONE)) {
                active.labelValues(activeSpec).set(0);
            } else {
                active.remove(activeSpec);
                for (DivergenceReading.Anchor anchor : DivergenceReading.Anchor.values()) {
                    value.remove(activeSpec, MONITORED, anchor.label());
                }
            }
            activeSpec = spec;
        }
        active.labelValues(spec).set(1);
        coefficient(factor);
    }

    void coefficient(double factor) {
        coefficient.set(factor);
    }

    /** @param estimate of the divergence in force; not a number when there is none, or no reference */
    void ofTheLoss(double estimate) {
        if (!Double.isNaN(estimate)) {
            value.labelValues(activeSpec, OF_THE_LOSS, REFERENCE).set(estimate);
        }
    }

    void monitored(List<DivergenceReading> readings) {
        for (DivergenceReading reading : readings) {
            if (!Double.isNaN(reading.value())) {
                value.labelValues(
                                reading.divergence(),
                                MONITORED,
                                reading.against().label())
                        .set(reading.value());
            }
        }
    }
}
