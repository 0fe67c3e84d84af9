package dev.freshet.model.answers;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * ROUGE-L, Lin 2004, "ROUGE: A Package for Automatic Evaluation of Summaries": how much of one text is in another in the same order, by
 * their longest common subsequence of words. Words are what stands between characters that are neither letters nor digits, in lower case.
 *
 * @param recall share of the reference's words
 * @param precision share of the candidate's words
 */
public record RougeL(double recall, double precision) {
    /** Both are 0 if either text has no word. */
    public static RougeL of(String reference, String candidate) {
        List<String> expected = words(reference);
        List<String> given = words(candidate);
        if (expected.isEmpty() || given.isEmpty()) {
            return new RougeL(0, 0);
        }
        double common = commonSubsequence(expected, given);
        return new RougeL(common / expected.size(), common / given.size());
    }

    /** The harmonic mean of both. */
    public double f1() {
        return recall + precision == 0 ? 0 : 2 * recall * precision / (recall + precision);
    }

    private static List<String> words(String text) {
        return Arrays.stream(text.toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{N}]+", -1))
                .filter(word -> !word.isEmpty())
                .toList();
    }

    private static int commonSubsequence(List<String> some, List<String> others) {
        int[] lengths = new int[others.size() + 1];
        for (String word : some) {
            int diagonal = 0;
            for (int i = 1; i < lengths.length; i++) {
                int above = lengths[i];
                lengths[i] = word.equals(others.get(i - 1)) ? diagonal + 1 : Math.max(above, lengths[i - 1]);
                diagonal = above;
            }
        }
        return lengths[others.size()];
    }
}
