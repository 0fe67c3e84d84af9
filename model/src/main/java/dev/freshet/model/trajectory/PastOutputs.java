package dev.freshet.model.trajectory;

import dev.freshet.model.rollout.Tokens;
import java.util.Arrays;

/**
 * What a model said at each token of one completion: softened log-probs of the tokens that it held the likeliest, and of all others
 * together. Immutable.
 */
public final class PastOutputs {
    private final Tokens completion;
    private final int events;
    private final float[] logProbs;
    private final int[] kept;

    private PastOutputs(Tokens completion, int events, float[] logProbs, int[] kept) {
        this.completion = completion;
        this.events = events;
        this.logProbs = logProbs;
        this.kept = kept;
    }

    /**
     * Of the whole vocabulary.
     *
     * @param logProbs (completion tokens, vocabulary), row by row; becomes this object's
     */
    public static PastOutputs whole(Tokens completion, float[] logProbs) {
        return of(completion, logProbs, new int[0]);
    }

    /**
     * Of the likeliest tokens.
     *
     * @param logProbs (completion tokens, kept + 1), last that of all others; becomes this object's
     * @param kept (completion tokens, kept) ids; becomes this object's
     */
    public static PastOutputs coarse(Tokens completion, float[] logProbs, int[] kept) {
        if (logProbs.length != kept.length + completion.size()) {
            throw new IllegalArgumentException("outputs of " + completion.size() + " tokens must have one log-prob more"
                    + " than kept ids at each, had " + logProbs.length + " and " + kept.length + " in all");
        }
        return of(completion, logProbs, kept);
    }

    private static PastOutputs of(Tokens completion, float[] logProbs, int[] kept) {
        int tokens = completion.size();
        if (tokens == 0 || logProbs.length == 0 || logProbs.length % tokens != 0) {
            throw new IllegalArgumentException("outputs must have as many log-probs at each of at least one token, had "
                    + logProbs.length + " for " + tokens);
        }
        return new PastOutputs(completion, logProbs.length / tokens, logProbs, kept);
    }

    /** Whose tokens these are of. */
    public Tokens completion() {
        return completion;
    }

    /** Log-probs at each token. */
    public int events() {
        return events;
    }

    /** Ids kept at each token; 0 if the log-probs are of the whole vocabulary. */
    public int keptPerToken() {
        return kept.length / completion.size();
    }

    /** Copies all log-probs into {@code target} from {@code offset} on. */
    public void copyLogProbs(float[] target, int offset) {
        System.arraycopy(logProbs, 0, target, offset, logProbs.length);
    }

    /** Copies all kept ids into {@code target} from {@code offset} on. */
    public void copyKept(long[] target, int offset) {
        for (int i = 0; i < kept.length; i++) {
            target[offset + i] = kept[i];
        }
    }

    /** Whether every log-prob is a number: those of a model that has diverged are not worth looking back on. */
    public boolean isFinite() {
        for (float logProb : logProbs) {
            if (!Float.isFinite(logProb)) {
                return false;
            }
        }
        return true;
    }

    /** Memory that the numbers take. */
    public long bytes() {
        return (long) Float.BYTES * logProbs.length
                + (long) Integer.BYTES * kept.length
                + (long) Integer.BYTES * completion.size();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PastOutputs outputs
                && completion.equals(outputs.completion)
                && Arrays.equals(logProbs, outputs.logProbs)
                && Arrays.equals(kept, outputs.kept);
    }

    @Override
    public int hashCode() {
        return 31 * completion.hashCode() + Arrays.hashCode(logProbs);
    }

    @Override
    public String toString() {
        return "outputs at " + completion.size() + " tokens, " + events + " log-probs each";
    }
}
