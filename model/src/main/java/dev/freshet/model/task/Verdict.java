package dev.freshet.model.task;

/** What a verifier says of an answer. That it could not be scored is an outcome of its own, never a reward of 0. */
public sealed interface Verdict {
    /** A finite reward. */
    record Reward(double value) implements Verdict {
        static final Reward RIGHT = new Reward(1);
        static final Reward WRONG = new Reward(0);

        public Reward {
            if (!Double.isFinite(value)) {
                throw new IllegalArgumentException("a reward must be finite, was " + value);
            }
        }
    }

    /** The verifier could not come to a number, for the reason given. */
    record Unscorable(String reason) implements Verdict {}
}
