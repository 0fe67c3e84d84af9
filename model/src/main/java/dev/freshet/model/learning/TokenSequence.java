package dev.freshet.model.learning;

import dev.freshet.model.rollout.Tokens;

/** A prompt and the completion whose tokens are scored. */
record TokenSequence(Tokens prompt, Tokens completion) {
    /** Positions that go through the decoder: all but the last token, which predicts nothing that is scored. */
    int positions() {
        return prompt.size() + completion.size() - 1;
    }
}
