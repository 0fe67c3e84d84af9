package dev.freshet.model.generation;

import dev.freshet.model.rollout.AdmittedPrompt;
import dev.freshet.model.rollout.Rollout;
import dev.freshet.model.rollout.RolloutGroup;
import dev.freshet.model.rollout.Tokens;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A group on its way through a generator. Confined to the generator's thread, but for its promise. */
final class GroupInProgress {
    private final AdmittedPrompt admitted;
    private final CompletableFuture<RolloutGroup> promise;
    private final @Nullable Rollout[] finished;
    private int unfinished;

    GroupInProgress(AdmittedPrompt admitted, int groupSize, CompletableFuture<RolloutGroup> promise) {
        this.admitted = admitted;
        this.promise = promise;
        this.finished = new @Nullable Rollout[groupSize];
        this.unfinished = groupSize;
    }

    Tokens prompt() {
        return admitted.prompt().tokens();
    }

    /** Divides the logits of every token of the group. */
    double temperature() {
        return admitted.temperature();
    }

    int size() {
        return finished.length;
    }

    /** The number that keys a rollout's random draws: the same in every run of a seed, wherever it is sampled. */
    long rolloutNumber(int index) {
        return admitted.sequence() * finished.length + index;
    }

    /** Takes a finished rollout; the last one completes the promise. */
    void finish(int index, Rollout rollout) {
        finished[index] = rollout;
        unfinished--;
        if (unfinished == 0) {
            promise.complete(new RolloutGroup(
                    admitted,
                    Arrays.stream(finished).map(GroupInProgress::present).toList()));
        }
    }

    void fail(GenerationException failure) {
        promise.completeExceptionally(failure);
    }

    private static Rollout present(@Nullable Rollout rollout) {
        if (rollout == null) {
            throw new IllegalStateException("a group with no unfinished rollout must have them all");
        }
        return rollout;
    }
}
