package dev.freshet.model.dataset;

import dev.freshet.model.rollout.Tokens;

/**
 * A prompt with one completion of it; log-probs are of the completion alone, at temperature 1.
 *
 * @param prompt at least one token
 * @param completion at least one token; ends with a stop token unless it was truncated
 */
public record ExampleSequence(Tokens prompt, Tokens completion) {
    public ExampleSequence {
        if (prompt.size() == 0 || completion.size() == 0) {
            throw new IllegalArgumentException("an example must have at least one token of prompt and completion, had "
                    + prompt.size() + " and " + completion.size());
        }
    }

    /** Positions that go through a decoder: all but the last token, which predicts nothing that is scored. */
    public int positions() {
        return prompt.size() + completion.size() - 1;
    }
}
