package dev.freshet.model.dataset;

import dev.freshet.model.rollout.Tokens;
import dev.freshet.model.task.Completions;
import dev.freshet.model.text.TextTokenizer;
import java.util.stream.Stream;

/** What stands behind a completion that was not truncated. */
public enum CompletionEnd {
    /** The tokenizer's preferred stop token. */
    STOP_TOKEN("stop-token") {
        @Override
        Tokens tokens(TextTokenizer tokenizer, String completion) {
            return Completions.ended(tokenizer, completion);
        }
    },
    /** Its own last token is its end. */
    NOTHING("nothing") {
        @Override
        Tokens tokens(TextTokenizer tokenizer, String completion) {
            return tokenizer.encode(completion);
        }
    };

    private final String spec;

    CompletionEnd(String spec) {
        this.spec = spec;
    }

    /** A completion's tokens with its end. */
    abstract Tokens tokens(TextTokenizer tokenizer, String completion);

    static CompletionEnd parse(String spec) {
        return Stream.of(values())
                .filter(end -> end.spec.equals(spec))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("completion-end must be stop-token or nothing, was \""
                        + spec + "\" (freshet.dataset.completion-end)"));
    }
}
