package dev.freshet.ops.cli;

import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Standard output as a place for one line that changes and for lines that stay. Where it is not a terminal the changing line is
 * printed every few seconds instead. Not safe for several threads.
 */
final class Terminal {
    /** Columns of the terminal that standard output is; set by the launcher, absent where it is none. */
    private static final String COLUMNS = "freshet.terminal.columns";

    private static final String CLEAR_LINE = "\r\u001b[K";
    private static final String SEPARATOR = "  ";
    private static final Duration REDRAW_INTERVAL = Duration.ofMillis(100);
    private static final Duration PLAIN_INTERVAL = Duration.ofSeconds(10);

    private final PrintWriter out;
    private final int columns;
    private final Clock clock;
    private Instant lastShown = Instant.MIN;
    private String live = "";

    /** @param columns 0 if {@code out} is not a terminal */
    Terminal(PrintWriter out, int columns, Clock clock) {
        this.out = out;
        this.columns = columns;
        this.clock = clock;
    }

    static Terminal standardOutput(PrintWriter out, Clock clock) {
        return new Terminal(out, Integer.getInteger(COLUMNS, 0), clock);
    }

    /** Shows the parts, as many as fit, in place of the line before; or not at all if that one is too new. */
    void show(List<String> parts) {
        if (Duration.between(lastShown, clock.instant()).compareTo(isTerminal() ? REDRAW_INTERVAL : PLAIN_INTERVAL)
                < 0) {
            return;
        }
        showNow(parts);
    }

    /** Shows the parts however new the line before is. */
    void showNow(List<String> parts) {
        lastShown = clock.instant();
        if (isTerminal()) {
            live = fitting(parts);
            out.print(CLEAR_LINE + live);
        } else {
            out.println(String.join(SEPARATOR, parts));
        }
        out.flush();
    }

    /** Prints a line that stays, above the changing one. */
    void print(String line) {
        if (isTerminal()) {
            out.println(CLEAR_LINE + line);
            out.print(live);
        } else {
            out.println(line);
        }
        out.flush();
    }

    /** Lets the changing line stay as it is; the next one begins below it. */
    void keep() {
        if (!live.isEmpty()) {
            out.println();
            out.flush();
        }
        live = "";
        lastShown = Instant.MIN;
    }

    private boolean isTerminal() {
        return columns > 0;
    }

    /** A line as wide as the terminal would wrap, and could not be taken back. */
    private String fitting(List<String> parts) {
        StringBuilder line = new StringBuilder();
        for (String part : parts) {
            String next = line.isEmpty() ? part : SEPARATOR + part;
            if (line.length() + next.length() >= columns) {
                break;
            }
            line.append(next);
        }
        return line.toString();
    }
}
