/** What Prometheus reads: {@link dev.freshet.ops.metrics.PipelineMetrics} turns events into metrics, {@link dev.freshet.ops.metrics.MetricsServer} serves them. */
@NullMarked
package dev.freshet.ops.metrics;

import org.jspecify.annotations.NullMarked;
