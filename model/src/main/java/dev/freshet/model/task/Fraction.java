package dev.freshet.model.task;

import java.math.BigDecimal;

/**
 * An exact number: 0.5, 1/2 and 50/100 are the same.
 *
 * @param denominator not 0
 */
record Fraction(BigDecimal numerator, BigDecimal denominator) {
    Fraction {
        if (denominator.signum() == 0) {
            throw new IllegalArgumentException("a denominator must not be 0");
        }
    }

    boolean sameNumberAs(Fraction other) {
        return numerator.multiply(other.denominator).compareTo(other.numerator.multiply(denominator)) == 0;
    }
}
