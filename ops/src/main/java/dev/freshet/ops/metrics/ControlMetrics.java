package dev.freshet.ops.metrics;

import io.prometheus.metrics.core.metrics.Counter;

/** What callers asked of the control service, and what they were told. */
final class ControlMetrics {
    private final Counter commands;

    ControlMetrics(Instruments instruments) {
        commands = instruments.counter(
                "freshet_control_commands_total",
                "calls",
                "Calls of the control service, by method and by result: ok, or the status code of the refusal",
                "command",
                "result");
    }

    void ended(String command, String result) {
        commands.labelValues(command, result).inc();
    }
}
