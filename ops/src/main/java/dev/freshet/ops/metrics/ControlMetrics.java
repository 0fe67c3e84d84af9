package dev.freshet.ops.metrics;

import dev.freshet.ops.control.CallListener;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import java.util.function.Consumer;

/** What callers asked of the control service, and what they were told. */
final class ControlMetrics implements CallListener {
    private final Counter connections;
    private final Counter commands;
    private final Gauge open;

    ControlMetrics(Instruments instruments) {
        commands = instruments.counter(
                "freshet_control_commands_total",
                "calls",
                "Calls of the control service, by method and by result: ok, or the status code of the refusal",
                "command",
                "result");
        connections = instruments.counter(
                "freshet_control_connections_refused_total",
                "connections",
                "Connections to the control service that were closed as they came, beyond freshet.control.max-connections");
        open = instruments.gauge(
                "freshet_control_calls_open",
                "calls",
                "Calls of the control service that have begun and not ended, by method",
                "command");
    }

    /** It is counted before it is no longer open, so that with none open all have been counted. */
    @Override
    public Consumer<String> begun(String command) {
        open.labelValues(command).inc();
        return result -> {
            commands.labelValues(command, result).inc();
            open.labelValues(command).dec();
        };
    }

    @Override
    public void connectionRefused() {
        connections.inc();
    }
}
