package dev.freshet.ops.bench;

import dev.freshet.model.rollout.Prompt;
import dev.freshet.model.task.Answer;
import dev.freshet.model.task.AnswerVerifier;
import dev.freshet.model.task.Verdict;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Rewards that differ between answers, as a real task's do, so that an untrained policy's groups are trained on and not dropped.
 *
 * @param pause before each answer is rewarded, as if somebody else had been asked
 */
record VariedRewards(Duration pause) implements AnswerVerifier {
    private static final double LARGEST = 1L << 32;
    private static final int MULTIPLIER = 0x9E3779B1;

    @Override
    public String name() {
        return "varied";
    }

    @Override
    public Verdict verify(Prompt prompt, Answer answer) {
        long until = System.nanoTime() + pause.toNanos();
        for (long left = pause.toNanos(); left > 0; left = until - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
        int hash = (prompt.text() + answer.text()).hashCode() * MULTIPLIER;
        return new Verdict.Reward(Integer.toUnsignedLong(hash) / LARGEST);
    }
}
