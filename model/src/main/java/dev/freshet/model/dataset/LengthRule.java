package dev.freshet.model.dataset;

import dev.freshet.model.rollout.Tokens;
import java.util.Arrays;

/**
 * How long an example may be, in tokens, and what becomes of one that is longer. Truncated, a prompt keeps its last tokens, and a
 * completion its first; it then has no stop token, so that nothing learns to stop there.
 *
 * @param maxLength of prompt and one completion together, stop token included, at least 2
 * @param maxPromptLength of a prompt that is truncated, at least 1 and below {@code maxLength}
 */
public record LengthRule(int maxLength, int maxPromptLength, TooLong tooLong) {
    /** What becomes of an example that is longer. */
    public enum TooLong {
        /** It cannot be used. */
        REFUSE,
        TRUNCATE
    }

    public LengthRule {
        if (maxLength < 2) {
            throw new IllegalArgumentException(
                    "max-length must be at least 2 tokens, was " + maxLength + " (freshet.dataset.max-length)");
        }
        if (maxPromptLength < 1 || maxPromptLength >= maxLength) {
            throw new IllegalArgumentException("max-prompt-length must be at least 1 token and below max-length, "
                    + maxLength + ", was " + maxPromptLength + " (freshet.dataset.max-prompt-length)");
        }
    }

    /** @throws TooLongException if it is too long and not to be truncated */
    ExampleSequence apply(Tokens prompt, Tokens completion) {
        if (prompt.size() + completion.size() <= maxLength) {
            return new ExampleSequence(prompt, completion);
        }
        if (tooLong == TooLong.REFUSE) {
            throw new TooLongException("prompt and completion must have at most " + maxLength + " tokens, had "
                    + prompt.size() + " and " + completion.size()
                    + " (freshet.dataset.max-length, freshet.dataset.too-long)");
        }
        Tokens kept = prompt.size() <= maxPromptLength ? prompt : last(prompt, maxPromptLength);
        int room = maxLength - kept.size();
        return new ExampleSequence(kept, completion.size() <= room ? completion : first(completion, room));
    }

    private static Tokens first(Tokens tokens, int count) {
        return Tokens.of(Arrays.copyOf(tokens.toArray(), count));
    }

    private static Tokens last(Tokens tokens, int count) {
        return Tokens.of(Arrays.copyOfRange(tokens.toArray(), tokens.size() - count, tokens.size()));
    }
}
