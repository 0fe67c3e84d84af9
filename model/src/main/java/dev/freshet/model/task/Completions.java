package dev.freshet.model.task;

import dev.freshet.model.rollout.Tokens;
import dev.freshet.model.text.TextTokenizer;
import java.util.Arrays;

/** Turns the text of an answer into a completion to imitate. */
public final class Completions {
    private Completions() {}

    /** The tokens of the text, and the tokenizer's preferred stop token. */
    public static Tokens ended(TextTokenizer tokenizer, String text) {
        int[] answer = tokenizer.encode(text).toArray();
        int[] completion = Arrays.copyOf(answer, answer.length + 1);
        completion[answer.length] = tokenizer.stopTokens().iterator().next();
        return Tokens.of(completion);
    }
}
