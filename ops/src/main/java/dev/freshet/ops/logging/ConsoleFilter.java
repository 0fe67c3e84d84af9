package dev.freshet.ops.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;

/** Lets through to the console what is grave enough; in plain text not what the progress display says there in its own words. */
final class ConsoleFilter extends Filter<ILoggingEvent> {
    private final LogSettings settings;

    ConsoleFilter(LogSettings settings) {
        this.settings = settings;
    }

    @Override
    public FilterReply decide(ILoggingEvent event) {
        boolean isShownAnyway = event.getLoggerName().equals(RunLog.FAILURES_LOGGER)
                || (settings.format() == LogFormat.PLAIN
                        && event.getLoggerName().equals(EventLog.class.getName()));
        return isShownAnyway
                        || !event.getLevel()
                                .isGreaterOrEqual(settings.consoleLevel().logback())
                ? FilterReply.DENY
                : FilterReply.NEUTRAL;
    }
}
