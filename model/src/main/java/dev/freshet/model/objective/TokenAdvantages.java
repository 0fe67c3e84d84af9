package dev.freshet.model.objective;

import java.util.Arrays;

/** The advantage of each of a rollout's completion tokens, immutable and equal by value. */
public final class TokenAdvantages {
    private final float[] values;

    private TokenAdvantages(float[] values) {
        this.values = values;
    }

    public static TokenAdvantages of(float... values) {
        return new TokenAdvantages(values.clone());
    }

    /** The same for all of {@code tokens}. */
    public static TokenAdvantages same(double advantage, int tokens) {
        float[] values = new float[tokens];
        Arrays.fill(values, (float) advantage);
        return new TokenAdvantages(values);
    }

    /** {@code advantage} less {@code factor} times each token's cost. */
    static TokenAdvantages less(double advantage, double factor, double[] costs) {
        float[] values = new float[costs.length];
        for (int token = 0; token < values.length; token++) {
            values[token] = (float) (advantage - factor * costs[token]);
        }
        return new TokenAdvantages(values);
    }

    public int size() {
        return values.length;
    }

    public float get(int token) {
        return values[token];
    }

    /** Copies all values into {@code target} from {@code offset} on. */
    public void copyTo(float[] target, int offset) {
        System.arraycopy(values, 0, target, offset, values.length);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TokenAdvantages advantages && Arrays.equals(values, advantages.values);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return Arrays.toString(values);
    }
}
