package dev.freshet.ops.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.util.Locale;

/** Numbers as a person reads them. What was not measured is a dash. */
final class Figures {
    static final String UNKNOWN = "\u2013";

    /** Hides what binary fractions add to 0.1. */
    private static final int TICK_DIGITS = 9;

    private Figures() {}

    /** A share of 1, with three digits. */
    static String share(double value) {
        return Double.isNaN(value) ? UNKNOWN : String.format(Locale.ROOT, "%.3f", value);
    }

    /** A rate or a size: grouped digits, decimals only where they matter. */
    static String number(double value) {
        if (!Double.isFinite(value)) {
            return UNKNOWN;
        }
        double size = Math.abs(value);
        if (size >= 100 || value == Math.rint(value)) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
        return String.format(Locale.ROOT, size >= 1 ? "%.1f" : "%.3g", value);
    }

    /** A value at an axis, with the digits that it needs. */
    static String tick(double value) {
        return new BigDecimal(value)
                .round(new MathContext(TICK_DIGITS))
                .stripTrailingZeros()
                .toPlainString();
    }

    static String duration(Duration duration) {
        long seconds = duration.toSeconds();
        if (seconds < 60) {
            return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1e3);
        }
        if (seconds < 3600) {
            return seconds / 60 + " min " + seconds % 60 + " s";
        }
        if (seconds < 86_400) {
            return seconds / 3600 + " h " + seconds / 60 % 60 + " min";
        }
        return seconds / 86_400 + " d " + seconds / 3600 % 24 + " h";
    }
}
