package dev.freshet.ops.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.LayoutBase;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;

/**
 * One JSON object a line: {@code time}, {@code level}, {@code run}, {@code policy_version} (null until there is a policy),
 * {@code logger}, {@code thread}, {@code message}, and {@code stack_trace} where there is one.
 */
final class JsonLines extends LayoutBase<ILoggingEvent> {
    private static final JsonMapper MAPPER = new JsonMapper();

    private final LogPosition position;

    JsonLines(LogPosition position) {
        this.position = position;
    }

    @Override
    public String doLayout(ILoggingEvent event) {
        ObjectNode line = MAPPER.createObjectNode();
        line.put("time", Instant.ofEpochMilli(event.getTimeStamp()).toString());
        line.put("level", event.getLevel().toString());
        line.put("run", position.run());
        line.put(
                "policy_version",
                position.version().map(version -> version.number()).orElse(null));
        line.put("logger", event.getLoggerName());
        line.put("thread", event.getThreadName());
        line.put("message", event.getFormattedMessage());
        if (event.getThrowableProxy() != null) {
            line.put("stack_trace", ThrowableProxyUtil.asString(event.getThrowableProxy()));
        }
        return line + "\n";
    }
}
