package dev.freshet.ops.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.LayoutBase;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * {@code TIME LEVEL RUN VERSION [THREAD] LOGGER: MESSAGE}, and below it the stack trace, if there is one. On the console the time
 * is the local time of day, and thread and package are left out.
 */
final class PlainLines extends LayoutBase<ILoggingEvent> {
    private static final DateTimeFormatter TIME_OF_DAY =
            DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withZone(ZoneId.systemDefault());

    /** No text that is quoted can look like a line of the log. */
    private static final String CONTINUATION = "\n    ";

    private final LogPosition position;
    private final boolean onConsole;
    private final String beginning;

    private PlainLines(LogPosition position, boolean onConsole, String beginning) {
        this.position = position;
        this.onConsole = onConsole;
        this.beginning = beginning;
    }

    static PlainLines inFile(LogPosition position) {
        return new PlainLines(position, false, "");
    }

    /** @param clear what takes a progress line away before a line is printed in its place */
    static PlainLines onConsole(LogPosition position, String clear) {
        return new PlainLines(position, true, clear);
    }

    @Override
    public String doLayout(ILoggingEvent event) {
        Instant time = Instant.ofEpochMilli(event.getTimeStamp());
        StringBuilder line = new StringBuilder(beginning)
                .append(onConsole ? TIME_OF_DAY.format(time) : time.toString())
                .append(String.format(
                        Locale.ROOT,
                        " %-5s %s %s ",
                        event.getLevel(),
                        position.run(),
                        position.version().map(Object::toString).orElse("-")));
        if (!onConsole) {
            line.append('[').append(event.getThreadName()).append("] ");
        }
        line.append(onConsole ? simpleName(event.getLoggerName()) : event.getLoggerName())
                .append(": ")
                .append(Printable.of(event.getFormattedMessage()).replace("\n", CONTINUATION))
                .append('\n');
        if (event.getThrowableProxy() != null) {
            line.append(ThrowableProxyUtil.asString(event.getThrowableProxy()));
        }
        return line.toString();
    }

    private static String simpleName(String logger) {
        return logger.substring(logger.lastIndexOf('.') + 1);
    }
}
