package dev.freshet.streams;

import java.util.Locale;

/**
 * What came of one answer's verification.
 *
 * @param reward not a number unless the result is {@link Result#SCORED}
 * @param seconds that the verifier took
 */
public record AnswerVerified(Result result, double reward, double seconds) {
    /** How a verification ends. */
    public enum Result {
        SCORED,
        /** The verifier says that it cannot score the answer. */
        UNSCORABLE,
        /** The verifier threw. */
        THREW,
        /** The verifier did not answer within its deadline. */
        OVERDUE;

        /** The value of the metric label {@code outcome}. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public static AnswerVerified scored(double reward, double seconds) {
        return new AnswerVerified(Result.SCORED, reward, seconds);
    }

    public static AnswerVerified failed(Result result, double seconds) {
        return new AnswerVerified(result, Double.NaN, seconds);
    }
}
