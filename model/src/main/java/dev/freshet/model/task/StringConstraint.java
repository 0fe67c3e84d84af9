package dev.freshet.model.task;

/** What a string of letters may be asked to fulfil; a binary feature of f-DPG's targets. */
public enum StringConstraint {
    /** The last two letters repeat the first two. */
    ENDS_AS_IT_BEGINS {
        @Override
        boolean holds(String text) {
            int length = text.length();
            return text.substring(0, 2).equals(text.substring(length - 2));
        }
    },
    /** The rare letter, the last of the alphabet, occurs exactly once. */
    RARE_LETTER_ONCE {
        @Override
        boolean holds(String text) {
            char rare = (char) ('0' + MarkovChain.LETTERS - 1);
            return text.indexOf(rare) >= 0 && text.indexOf(rare) == text.lastIndexOf(rare);
        }
    };

    abstract boolean holds(String text);
}
