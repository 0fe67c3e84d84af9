package dev.freshet.model.task;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** A countdown problem: three digits in ascending order, and the number to be made of them. */
record CountdownKey(int low, int middle, int high, int target) {
    /** Targets are below this and at least 0. */
    static final int TARGETS = 100;

    /** Three different digits can be written in so many orders. */
    static final int MOST_ORDERS = 6;

    /** The problem with these digits in any order. */
    static CountdownKey of(int first, int second, int third, int target) {
        int[] digits = {first, second, third};
        Arrays.sort(digits);
        return new CountdownKey(digits[0], digits[1], digits[2], target);
    }

    /** A fifth of all problems, by a rule on the problem alone. */
    boolean isHeldOut() {
        return (low * 131 + middle * 1031 + high * 7919 + target * 104729) % 1009 % 5 == 0;
    }

    /** The different orders of the digits, such as {@code 375}. */
    List<String> digitOrders() {
        return Stream.of(
                        "" + low + middle + high,
                        "" + low + high + middle,
                        "" + middle + low + high,
                        "" + middle + high + low,
                        "" + high + low + middle,
                        "" + high + middle + low)
                .distinct()
                .toList();
    }

    /** The problem in one line, such as {@code 357=22}: what verifiers compare with. */
    String text() {
        return "" + low + middle + high + ending();
    }

    /** The target with two digits, such as {@code =07}. */
    String ending() {
        return (target < 10 ? "=0" : "=") + target;
    }
}
