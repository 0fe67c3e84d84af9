package dev.freshet.model.divergence;

import static org.assertj.core.api.Assertions.assertThat;

/** Comparison of arrays element by element; infinities must agree. */
public record Closeness(double relative, double absolute) {
    /** The vectors are closed forms good to 1e-10 relative, or to a rounding of 1 where they vanish. */
    public static final Closeness DOUBLE = new Closeness(1e-9, 1e-15);

    /** What single precision owes: its rounding is 6e-8, and arguments up to 20 are exponentiated. */
    public static final Closeness FLOAT = new Closeness(1e-5, 1e-6);

    /** A single number. */
    public void check(String what, double actual, double expected) {
        assertThat(agree(actual, expected))
                .as("%s is %s, expected %s within %s", what, actual, expected, this)
                .isTrue();
    }

    void check(String what, double[] arguments, double[] actual, double[] expected) {
        assertThat(actual).as(what).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            assertThat(agree(actual[i], expected[i]))
                    .as("%s at %s is %s, expected %s within %s", what, arguments[i], actual[i], expected[i], this)
                    .isTrue();
        }
    }

    /** As {@link #check}, where what single precision cannot hold is expected to be infinite. */
    void checkAsFloat(String what, double[] arguments, double[] actual, double[] expected) {
        double[] representable = new double[expected.length];
        for (int i = 0; i < expected.length; i++) {
            representable[i] = Double.isInfinite((float) expected[i]) ? (float) expected[i] : expected[i];
        }
        check(what + " in single precision", arguments, actual, representable);
    }

    private boolean agree(double actual, double expected) {
        if (actual == expected) {
            return true;
        }
        return Math.abs(actual - expected) <= Math.max(absolute, relative * Math.abs(expected))
                && Double.isFinite(expected);
    }
}
