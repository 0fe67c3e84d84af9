package dev.freshet.model.rollout;

import java.util.Arrays;

/** The policy version that sampled each token of a completion; non-decreasing along it. Immutable, equal by value. */
public final class TokenVersions {
    private final long[] numbers;

    private TokenVersions(long[] numbers) {
        this.numbers = numbers;
    }

    /** @throws IllegalArgumentException if empty (every completion has at least one token) or decreasing */
    public static TokenVersions of(long... numbers) {
        if (numbers.length == 0) {
            throw new IllegalArgumentException("token versions must cover at least one token, were empty");
        }
        for (int i = 1; i < numbers.length; i++) {
            if (numbers[i] < numbers[i - 1]) {
                throw new IllegalArgumentException(
                        "token versions must not decrease along a completion, were " + Arrays.toString(numbers));
            }
        }
        return new TokenVersions(numbers.clone());
    }

    public int size() {
        return numbers.length;
    }

    public long get(int position) {
        return numbers[position];
    }

    public PolicyVersion oldest() {
        return new PolicyVersion(numbers[0]);
    }

    public PolicyVersion newest() {
        return new PolicyVersion(numbers[numbers.length - 1]);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TokenVersions versions && Arrays.equals(numbers, versions.numbers);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(numbers);
    }

    @Override
    public String toString() {
        return Arrays.toString(numbers);
    }
}
