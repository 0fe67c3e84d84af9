package dev.freshet.ops.metrics;

import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/** Which divergence holds the policy to its reference, how strongly, and how far the policy has gone. */
final class DivergenceMetrics {
    private static final String ESTIMATOR = "value";
    private static final String AGAINST = "reference";

    private final Gauge active;
    private final Gauge coefficient;
    private final Gauge value;
    private String activeSpec = "";

    DivergenceMetrics(PrometheusRegistry registry) {
        active = Gauge.builder()
                .name("freshet_divergence_active")
                .help("1 for the divergence in force, 0 for those that were in force before")
                .labelNames("divergence")
                .register(registry);
        coefficient = Gauge.builder()
                .name("freshet_divergence_coefficient")
                .help("Factor of the divergence in the loss")
                .register(registry);
        value = Gauge.builder()
                .name("freshet_divergence")
                .help("Estimate of the divergence, per token of the newest step")
                .labelNames("divergence", "estimator", "against")
                .register(registry);
    }

    void inForce(String spec, double factor) {
        if (!spec.equals(activeSpec)) {
            if (!activeSpec.isEmpty()) {
                active.labelValues(activeSpec).set(0);
                value.remove(activeSpec, ESTIMATOR, AGAINST);
            }
            activeSpec = spec;
        }
        active.labelValues(spec).set(1);
        coefficient.set(factor);
    }

    /** @param estimate of the divergence in force; not a number when there is no reference */
    void measured(double estimate) {
        if (!Double.isNaN(estimate)) {
            value.labelValues(activeSpec, ESTIMATOR, AGAINST).set(estimate);
        }
    }
}
