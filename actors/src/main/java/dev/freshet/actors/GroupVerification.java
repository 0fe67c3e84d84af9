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
import dev.freshet.streams.DropReason;
import dev.freshet.streams.Outcome;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Decodes and rewards the rollouts of a group one after another, on the calling thread. Safe on many threads at once. */
public final class GroupVerification {
    private final AnswerVerifier verifier;
    private final TextTokenizer tokenizer;

    public GroupVerification(Task task) {
        this.verifier = task.verifier();
        this.tokenizer = task.tokenizer();
    }

    /**
     * Never throws: whatever the verifier throws ends the group as unscorable.
     *
     * @param mayBegin asked before each answer, so that a group that was given up takes no more of its thread's time
     */
    public Outcome<VerifiedGroup> verify(RolloutGroup group, BooleanSupplier mayBegin) {
        List<Double> rewards = new ArrayList<>();
        for (Rollout rollout : group.rollouts()) {
            if (!mayBegin.getAsBoolean()) {
                return new Outcome.Dropped<>(group.sequence(), DropReason.UNSCORABLE, "given up");
            }
            Verdict verdict = verdict(group, rollout);
            if (verdict instanceof Verdict.Unscorable unscorable) {
                String detail = "verifier " + verifier.name() + " could not score rollout " + rewards.size() + ": "
                        + unscorable.reason();
                return new Outcome.Dropped<>(group.sequence(), DropReason.UNSCORABLE, detail);
            }
            rewards.add(((Verdict.Reward) verdict).value());
        }
        return new Outcome.Passed<>(new VerifiedGroup(group, rewards));
    }

    private Verdict verdict(RolloutGroup group, Rollout rollout) {
        try {
            return verifier.verify(group.prompt(), answer(tokenizer, rollout));
        } catch (Throwable e) {
            OutOfMemory.report(e);
            return new Verdict.Unscorable("it threw " + e.getClass().getSimpleName() + ": " + Failures.describe(e));
        }
    }

    /** The completion as text, without the stop token that ended it. */
    static Answer answer(TextTokenizer tokenizer, Rollout rollout) {
        int[] tokens = rollout.completion().toArray();
        int end = rollout.finishReason() == FinishReason.STOP ? tokens.length - 1 : tokens.length;
        String text = tokenizer.decode(Tokens.of(Arrays.copyOf(tokens, end)));
        return new Answer(text, rollout.finishReason());
    }
}
