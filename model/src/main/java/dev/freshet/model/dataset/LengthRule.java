package dev.freshet.model.dataset;

import dev.freshet.model.rollout.Tokens;
import java.util.Arrays;
import java.util.List;

/**
 * How long an example may be, in tokens, and what becomes of one that is longer. Truncated, a prompt keeps its last tokens, and a
 * completion its first; it then has no stop token, so that nothing learns to stop there. The completions of a pair share what is kept of
 * their prompt.
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

    /**
     * The completions of one prompt, which stays the same for all of them: what compares them is of one prompt.
     *
     * @throws TooLongException if the longest is too long and not to be truncated
     */
    List<ExampleSequence> apply(Tokens prompt, List<Tokens> completions) {
        int longest = completions.stream().mapToInt(Tokens::size).max().orElse(0);
        if (prompt.size() + longest <= maxLength) {
            return completions.stream()
                    .map(completion -> new ExampleSequence(prompt, completion))
                    .toList();
        }
        if (tooLong == TooLong.REFUSE) {
            throw new TooLongException("prompt and completion must have at most " + maxLength + " tokens, had "
                    + prompt.size() + " and " + longest
                    + " (freshet.dataset.max-length, freshet.dataset.too-long)");
        }
        Tokens kept = prompt.size() <= maxPromptLength ? prompt : last(prompt, maxPromptLength);
        int room = maxLength - kept.size();
        return completions.stream()
                .map(completion -> completion.size() <= room ? completion : first(completion, room))
                .map(completion -> new ExampleSequence(kept, completion))
                .toList();
    }

    private static Tokens first(Tokens tokens, int count) {
        return Tokens.of(Arrays.copyOf(tokens.toArray(), count));
    }

    private static Tokens last(Tokens tokens, int count) {
        return Tokens.of(Arrays.copyOfRange(tokens.toArray(), tokens.size() - count, tokens.size()));
    }
}
