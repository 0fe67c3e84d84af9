package dev.freshet.model.task;

import java.util.stream.IntStream;

/**
 * Pairs of numbers to add, a fifth of them held out by a rule on the pair alone, so that a pair never changes sides, whatever
 * the seed and the settings.
 */
final class AdditionPairs {
    /** Two numbers, each at least 0. */
    record Pair(int first, int second) {
        int sum() {
            return first + second;
        }

        /** The question, each number padded with zeros to the given width: {@code 07+35=}. */
        String question(int width) {
            return padded(first, width) + "+" + padded(second, width) + "=";
        }
    }

    private final int bound;
    /** Pairs as {@code first * bound + second}. */
    private final int[] training;

    private final int[] heldOut;

    /**
     * @param from the larger number of a pair is at least this
     * @param bound and below this
     * @param salt shifts the rule, so that two tasks hold out different pairs
     */
    AdditionPairs(int from, int bound, int salt) {
        this.bound = bound;
        this.training =
                codes(from, bound).filter(code -> !isHeldOut(code, salt)).toArray();
        this.heldOut = codes(from, bound).filter(code -> isHeldOut(code, salt)).toArray();
    }

    private static IntStream codes(int from, int bound) {
        return IntStream.range(0, bound * bound).filter(code -> Math.max(code / bound, code % bound) >= from);
    }

    private boolean isHeldOut(int code, int salt) {
        return (code / bound * 7919 + code % bound * 104729 + salt) % 1009 % 5 == 0;
    }

    private static String padded(int number, int width) {
        String digits = Integer.toString(number);
        return "0".repeat(Math.max(0, width - digits.length())) + digits;
    }

    int trainingSize() {
        return training.length;
    }

    Pair training(int index) {
        return pair(training[index]);
    }

    int heldOutSize() {
        return heldOut.length;
    }

    Pair heldOut(int index) {
        return pair(heldOut[index]);
    }

    private Pair pair(int code) {
        return new Pair(code / bound, code % bound);
    }
}
