package dev.freshet.streams;

import dev.freshet.model.rollout.RolloutGroup;
import java.util.concurrent.atomic.LongAdder;

/** Counts the tokens that generators have sampled, whether they are learnt from or not. Thread-safe. */
final class GeneratedTokens {
    private final LongAdder tokens = new LongAdder();

    void add(RolloutGroup group) {
        tokens.add(group.rollouts().stream()
                .mapToLong(rollout -> rollout.completion().size())
                .sum());
    }

    /** Tokens since the last call, or since the beginning. */
    long takeNew() {
        return tokens.sumThenReset();
    }
}
