package dev.freshet.model.generation;

import dev.freshet.model.rollout.FinishReason;
import dev.freshet.model.rollout.LogProbs;
import dev.freshet.model.rollout.Rollout;
import dev.freshet.model.rollout.TokenVersions;
import dev.freshet.model.rollout.Tokens;
import java.util.Arrays;

/** A rollout that occupies a cache row: the tokens it has, and where it stands. Confined to its generator's thread. */
final class RolloutInProgress {
    private final GroupInProgress group;
    private final int index;
    private final int[] tokens;
    private final float[] behaviour;
    private final float[] sampled;
    private final long[] versions;
    private int length;

    RolloutInProgress(GroupInProgress group, int index, int maxCompletionLength) {
        this.group = group;
        this.index = index;
        this.tokens = new int[maxCompletionLength];
        this.behaviour = new float[maxCompletionLength];
        this.sampled = new float[maxCompletionLength];
        this.versions = new long[maxCompletionLength];
    }

    GroupInProgress group() {
        return group;
    }

    int index() {
        return index;
    }

    /** Completion tokens so far, which is also the random stream's next position. */
    int length() {
        return length;
    }

    /** Position of the newest token in the sequence of prompt and completion. */
    int position() {
        return group.prompt().size() - 1 + length;
    }

    /** Position of the longest allowed completion's last token. */
    int lastPosition() {
        return group.prompt().size() - 1 + tokens.length;
    }

    int newestToken() {
        return length == 0 ? group.prompt().get(group.prompt().size() - 1) : tokens[length - 1];
    }

    /** Copies all tokens but the newest to {@code target}: those whose keys and values the caches hold. */
    void copyCachedTokens(long[] target, int offset) {
        Tokens prompt = group.prompt();
        int cached = position();
        for (int i = 0; i < cached; i++) {
            target[offset + i] = i < prompt.size() ? prompt.get(i) : tokens[i - prompt.size()];
        }
    }

    void append(int token, float behaviourLogProb, float sampledLogProb, long version) {
        tokens[length] = token;
        behaviour[length] = behaviourLogProb;
        sampled[length] = sampledLogProb;
        versions[length] = version;
        length++;
    }

    boolean isFull() {
        return length == tokens.length;
    }

    Rollout finish(FinishReason reason) {
        return new Rollout(
                Tokens.of(Arrays.copyOf(tokens, length)),
                reason,
                LogProbs.of(Arrays.copyOf(behaviour, length)),
                LogProbs.of(Arrays.copyOf(sampled, length)),
                TokenVersions.of(Arrays.copyOf(versions, length)));
    }
}
