package dev.freshet.model.task;

import dev.freshet.model.task.KeyedRandom.Purpose;

/**
 * A first-order Markov chain over {@value #LETTERS} letters, whose logits are draws of N(0, 1): a language small enough that what
 * it says of its strings can be computed. The last letter is rare.
 */
final class MarkovChain {
    static final int LETTERS = 8;

    /** Subtracted from the logit of the last letter wherever it may follow. */
    private static final double RARE = 2.5;

    /** (previous letter or, as the last row, the beginning) x (next letter) */
    private final double[][] next;

    /** @param seed fixes the logits */
    MarkovChain(long seed) {
        KeyedRandom random = KeyedRandom.at(seed, Purpose.LANGUAGE, 0);
        next = new double[LETTERS + 1][LETTERS];
        for (double[] row : next) {
            double sum = 0;
            for (int letter = 0; letter < LETTERS; letter++) {
                row[letter] = Math.exp(random.gaussian() - (letter == LETTERS - 1 ? RARE : 0));
                sum += row[letter];
            }
            for (int letter = 0; letter < LETTERS; letter++) {
                row[letter] /= sum;
            }
        }
    }

    int[] string(int length, KeyedRandom random) {
        int[] letters = new int[length];
        int previous = LETTERS;
        for (int i = 0; i < length; i++) {
            previous = draw(next[previous], random.uniform());
            letters[i] = previous;
        }
        return letters;
    }

    /** The probability of a letter after another, or after {@link #LETTERS}, the beginning. */
    double probability(int previous, int letter) {
        return next[previous][letter];
    }

    private static int draw(double[] probabilities, double uniform) {
        double cumulative = 0;
        for (int letter = 0; letter < LETTERS - 1; letter++) {
            cumulative += probabilities[letter];
            if (uniform < cumulative) {
                return letter;
            }
        }
        return LETTERS - 1;
    }
}
