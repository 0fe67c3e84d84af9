package dev.freshet.model.task;

import java.util.Arrays;

/** What can be done with the letters of a prompt of {@link LettersTask}. */
public enum LetterBehaviour {
    /** What is rewarded. */
    SORT {
        @Override
        public String of(String letters) {
            char[] sorted = letters.toCharArray();
            Arrays.sort(sorted);
            return new String(sorted);
        }
    },
    REVERSE {
        @Override
        public String of(String letters) {
            return new StringBuilder(letters).reverse().toString();
        }
    },
    COPY {
        @Override
        public String of(String letters) {
            return letters;
        }
    },
    SORT_DESCENDING {
        @Override
        public String of(String letters) {
            return REVERSE.of(SORT.of(letters));
        }
    },
    /** Each letter's successor, and of the last the first. */
    SHIFT {
        @Override
        public String of(String letters) {
            StringBuilder shifted = new StringBuilder();
            for (int i = 0; i < letters.length(); i++) {
                int next = (LettersTask.LETTERS.indexOf(letters.charAt(i)) + 1) % LettersTask.LETTERS.length();
                shifted.append(LettersTask.LETTERS.charAt(next));
            }
            return shifted.toString();
        }
    };

    public abstract String of(String letters);

    /** The same with each letter replaced by any, with the given probability. */
    public String of(String letters, double noise, KeyedRandom random) {
        StringBuilder noisy = new StringBuilder(of(letters));
        for (int i = 0; i < noisy.length(); i++) {
            if (random.chance(noise)) {
                noisy.setCharAt(i, LettersTask.LETTERS.charAt(random.below(LettersTask.LETTERS.length())));
            }
        }
        return noisy.toString();
    }
}
