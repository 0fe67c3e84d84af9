package dev.freshet.ops.metrics;

import dev.freshet.model.engine.OpenArrays;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/** What the process holds in native memory, as it is when somebody asks. */
final class NativeMetrics {
    private NativeMetrics() {}

    static void register(PrometheusRegistry registry) {
        GaugeWithCallback.builder()
                .name("freshet_ndarrays_open")
                .help("Arrays in native memory that are open; those of running calls come and go")
                .labelNames("kind")
                .callback(gauge -> OpenArrays.count().forEach((kind, count) -> gauge.call(count, kind.label())))
                .register(registry);
    }
}
