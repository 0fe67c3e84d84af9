package dev.freshet.ops.metrics;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import java.util.function.Consumer;

/** What callers asked of the control service, and what they were told. */
final class ControlMetrics {
    private final Counter commands;
    private final Gauge open;

    ControlMetrics(Instruments instruments) {
        commands = instruments.counter(
                "freshet_control_commands_total",
                "calls",
                "Calls of the control service, by method and by result: ok, or the status code of the refusal",
                "command",
                "result");
        open = instruments.gauge(
                "freshet_control_calls_open",
                "calls",
                "Calls of the control service that have begun and not ended, by method",
                "command");
    }

    /** It is counted before it is no longer open, so that with none open all have been counted. */
    Consumer<String> begun(String command) {
        open.labelValues(command).inc();
        return result -> {
            commands.labelValues(command, result).inc();
            open.labelValues(command).dec();
        };
    }
}
