package dev.freshet.model.rollout;

import java.util.Arrays;

/** An immutable sequence of token ids, equal by value. */
public final class Tokens {
    private static final Tokens EMPTY = new Tokens(new int[0]);

    private final int[] ids;

    private Tokens(int[] ids) {
        this.ids = ids;
    }

    public static Tokens of(int... ids) {
        return ids.length == 0 ? EMPTY : new Tokens(ids.clone());
    }

    public int size() {
        return ids.length;
    }

    public int get(int position) {
        return ids[position];
    }

    /** Returns a copy, so that nobody can change this sequence. */
    public int[] toArray() {
        return ids.clone();
    }

    /** Copies all ids into {@code target} from {@code offset} on, widened as the engine's index tensors want them. */
    public void copyTo(long[] target, int offset) {
        for (int i = 0; i < ids.length; i++) {
            target[offset + i] = ids[i];
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Tokens tokens && Arrays.equals(ids, tokens.ids);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(ids);
    }

    @Override
    public String toString() {
        return Arrays.toString(ids);
    }
}
