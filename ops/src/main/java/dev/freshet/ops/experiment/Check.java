package dev.freshet.ops.experiment;

import java.util.Locale;

/**
 * What must hold of an experiment's means.
 *
 * @param expected the rule in words and numbers
 * @param observed the numbers that were seen
 */
record Check(String name, String expected, String observed, boolean pass) {
    /** The value is at least the bound. */
    static Check atLeast(String name, String rule, double value, double bound) {
        return new Check(name, rule + " >= " + number(bound), number(value), value >= bound);
    }

    /** The value is larger than the bound. */
    static Check above(String name, String rule, double value, double bound) {
        return new Check(name, rule + " > " + number(bound), number(value), value > bound);
    }

    /** The value is at most the bound. */
    static Check atMost(String name, String rule, double value, double bound) {
        return new Check(name, rule + " <= " + number(bound), number(value), value <= bound);
    }

    /** A number that is told and not judged. */
    static Check told(String name, String what, double value) {
        return new Check(name, "told, not judged: " + what, number(value), true);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }

    @Override
    public String toString() {
        return (pass ? "holds   " : "BROKEN  ") + name + ": " + expected + ", was " + observed;
    }
}
