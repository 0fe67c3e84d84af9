package dev.freshet.actors;

import dev.freshet.model.engine.OutOfMemory;
import dev.freshet.model.rollout.FinishReason;
import dev.freshet.model.rollout.Rollout;
import dev.freshet.model.rollout.RolloutGroup;
import dev.freshet.model.rollout.Tokens;
import dev.freshet.model.rollout.VerifiedGroup;
import dev.freshet.model.task.Answer;
import dev.freshet.model.task.AnswerVerifier;
import dev.freshet.model.task.Task;
import dev.freshet.model.task.Verdict;
import dev.freshet.model.text.TextTokenizer;
import dev.freshet.streams.AnswerVerified;
import dev.freshet.streams.AnswerVerified.Result;
import dev.freshet.streams.DropReason;
import dev.freshet.streams.Outcome;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Decodes and rewards the rollouts of a group one after another, on the calling thread. Safe on many threads at once. */
public final class GroupVerification {
    private static final double NANOS_PER_SECOND = 1e9;

    private final AnswerVerifier verifier;
    private final TextTokenizer tokenizer;

    public GroupVerification(Task task) {
        this.verifier = task.verifier();
        this.tokenizer = task.tokenizer();
    }

    /** As the other {@code verify}, and tells nobody of single answers. */
    public Outcome<VerifiedGroup> verify(RolloutGroup group, BooleanSupplier mayBegin) {
        return verify(group, mayBegin, answer -> {});
    }

    /**
     * Never throws: whatever the verifier throws ends the group as unscorable.
     *
     * @param mayBegin asked before each answer, so that a group that was given up takes no more of its thread's time
     * @param heard told of each answer that was looked at
     */
    Outcome<VerifiedGroup> verify(RolloutGroup group, BooleanSupplier mayBegin, Consumer<AnswerVerified> heard) {
        List<Double> rewards = new ArrayList<>();
        for (Rollout rollout : group.rollouts()) {
            if (!mayBegin.getAsBoolean()) {
                return new Outcome.Dropped<>(group.sequence(), DropReason.UNSCORABLE, "given up");
            }
            Verdict verdict = verdict(group, rollout, heard);
            if (verdict instanceof Verdict.Unscorable unscorable) {
                String detail = "verifier " + verifier.name() + " could not score rollout " + rewards.size() + ": "
                        + unscorable.reason();
                return new Outcome.Dropped<>(group.sequence(), DropReason.UNSCORABLE, detail);
            }
            rewards.add(((Verdict.Reward) verdict).value());
        }
        return new Outcome.Passed<>(new VerifiedGroup(group, rewards));
    }

    private Verdict verdict(RolloutGroup group, Rollout rollout, Consumer<AnswerVerified> heard) {
        long start = System.nanoTime();
        try {
            Verdict verdict = verifier.verify(group.prompt(), answer(tokenizer, rollout));
            heard.accept(
                    verdict instanceof Verdict.Reward reward
                            ? AnswerVerified.scored(reward.value(), secondsSince(start))
                            : AnswerVerified.failed(Result.UNSCORABLE, secondsSince(start)));
            return verdict;
        } catch (Throwable e) {
            OutOfMemory.report(e);
            heard.accept(AnswerVerified.failed(Result.THREW, secondsSince(start)));
            return new Verdict.Unscorable("it threw " + e.getClass().getSimpleName() + ": " + Failures.describe(e));
        }
    }

    private static double secondsSince(long start) {
        return (System.nanoTime() - start) / NANOS_PER_SECOND;
    }

    /** The completion as text, without the stop token that ended it. */
    static Answer answer(TextTokenizer tokenizer, Rollout rollout) {
        int[] tokens = rollout.completion().toArray();
        int end = rollout.finishReason() == FinishReason.STOP ? tokens.length - 1 : tokens.length;
        String text = tokenizer.decode(Tokens.of(Arrays.copyOf(tokens, end)));
        return new Answer(text, rollout.finishReason());
    }
}
