package dev.freshet.streams;

import dev.freshet.model.rollout.Tokens;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** How different several completions of one prompt are, by their tokens. */
final class AnswerDiversity {
    private static final int LONGEST_NGRAM = 4;

    /** Stands for a count of zero: Chen and Cherry 2014, smoothing method 1, with the value that NLTK has. */
    private static final double NO_MATCH = 0.1;

    private AnswerDiversity() {}

    /**
     * Different n-grams over all n-grams of the completions (Li et al. 2016, "A Diversity-Promoting Objective Function", distinct-n).
     *
     * @return in (0, 1], or NaN if no completion is n tokens long
     */
    static double distinct(List<Tokens> completions, int n) {
        Set<List<Integer>> different = new HashSet<>();
        long all = 0;
        for (Tokens completion : completions) {
            List<List<Integer>> ngrams = ngrams(completion, n);
            different.addAll(ngrams);
            all += ngrams.size();
        }
        return all == 0 ? Double.NaN : (double) different.size() / all;
    }

    /**
     * Mean over the completions of a completion's BLEU against all others (Zhu et al. 2018, "Texygen", Self-BLEU): the geometric mean
     * of the precisions of n-grams up to 4, or up to the completion's length, times the brevity penalty (Papineni et al. 2002).
     *
     * @return in [0, 1], 1 for copies of one completion; NaN for fewer than two
     */
    static double selfBleu(List<Tokens> completions) {
        if (completions.size() < 2) {
            return Double.NaN;
        }
        List<NgramCounts> counts = new ArrayList<>();
        for (int n = 1; n <= LONGEST_NGRAM; n++) {
            counts.add(NgramCounts.of(completions, n));
        }
        double sum = 0;
        for (int i = 0; i < completions.size(); i++) {
            sum += brevityPenalty(completions, i) * precision(completions.get(i), i, counts);
        }
        return sum / completions.size();
    }

    private static double precision(Tokens completion, int index, List<NgramCounts> counts) {
        int longest = Math.min(LONGEST_NGRAM, completion.size());
        double logs = 0;
        for (int n = 1; n <= longest; n++) {
            int matches = counts.get(n - 1).matches(index);
            int all = completion.size() - n + 1;
            logs += Math.log(Math.max(matches, NO_MATCH) / all);
        }
        return longest == 0 ? 0 : Math.exp(logs / longest);
    }

    /** Against the other completion whose length is closest; of two as close, the shorter. */
    private static double brevityPenalty(List<Tokens> completions, int index) {
        int own = completions.get(index).size();
        int closest = Integer.MAX_VALUE;
        for (int other = 0; other < completions.size(); other++) {
            int length = completions.get(other).size();
            int nearer = Integer.compare(Math.abs(length - own), Math.abs(closest - own));
            if (other != index && (nearer < 0 || (nearer == 0 && length < closest))) {
                closest = length;
            }
        }
        if (own == 0) {
            return 0;
        }
        return own >= closest ? 1 : Math.exp(1 - (double) closest / own);
    }

    private static List<List<Integer>> ngrams(Tokens tokens, int n) {
        List<List<Integer>> ngrams = new ArrayList<>();
        for (int start = 0; start + n <= tokens.size(); start++) {
            List<Integer> ngram = new ArrayList<>(n);
            for (int i = start; i < start + n; i++) {
                ngram.add(tokens.get(i));
            }
            ngrams.add(ngram);
        }
        return ngrams;
    }

    /** How often each completion has each n-gram, and of each n-gram the two largest of these numbers. */
    private record NgramCounts(List<Map<List<Integer>, Integer>> own, Map<List<Integer>, int[]> largest) {
        static NgramCounts of(List<Tokens> completions, int n) {
            List<Map<List<Integer>, Integer>> own = new ArrayList<>();
            Map<List<Integer>, int[]> largest = new HashMap<>();
            for (Tokens completion : completions) {
                Map<List<Integer>, Integer> counts = new HashMap<>();
                ngrams(completion, n).forEach(ngram -> counts.merge(ngram, 1, Integer::sum));
                counts.forEach((ngram, count) -> keepLargest(largest, ngram, count));
                own.add(counts);
            }
            return new NgramCounts(own, largest);
        }

        private static void keepLargest(Map<List<Integer>, int[]> largest, List<Integer> ngram, int count) {
            int[] two = largest.computeIfAbsent(ngram, unused -> new int[2]);
            if (count > two[0]) {
                two[1] = two[0];
                two[0] = count;
            } else if (count > two[1]) {
                two[1] = count;
            }
        }

        /** N-grams of a completion, each counted at most as often as one of the others has it. */
        int matches(int completion) {
            int matches = 0;
            for (Map.Entry<List<Integer>, Integer> ngram : own.get(completion).entrySet()) {
                int[] two = largest.get(ngram.getKey());
                int count = ngram.getValue();
                int ofOthers = two == null ? 0 : count == two[0] ? two[1] : two[0];
                matches += Math.min(count, ofOthers);
            }
            return matches;
        }
    }
}
