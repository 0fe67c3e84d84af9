package dev.freshet.model.learning;

import dev.freshet.model.rollout.RehearsalSequence;
import dev.freshet.model.rollout.RolloutGroup;
import dev.freshet.model.rollout.Tokens;
import dev.freshet.model.transformer.DecoderConfig;
import java.util.List;

/**
 * A prompt and the completion whose tokens are scored.
 *
 * @param temperature that the logits are divided by
 */
record TokenSequence(Tokens prompt, Tokens completion, double temperature) {
    /** Of each rollout. */
    static List<TokenSequence> of(RolloutGroup group) {
        return group.rollouts().stream()
                .map(rollout -> new TokenSequence(group.prompt().tokens(), rollout.completion(), group.temperature()))
                .toList();
    }

    /** Of what is rehearsed, at the temperature that it was sampled at. */
    static TokenSequence of(RehearsalSequence rehearsed) {
        return new TokenSequence(rehearsed.prompt(), rehearsed.completion(), rehearsed.temperature());
    }

    /** Positions that go through the decoder: all but the last token, which predicts nothing that is scored. */
    int positions() {
        return prompt.size() + completion.size() - 1;
    }

    /** @throws IllegalArgumentException if the decoder has fewer positions */
    void requireFits(DecoderConfig config) {
        if (positions() > config.maxLength()) {
            throw new IllegalArgumentException("a sequence must have at most " + config.maxLength() + " positions, had "
                    + positions() + " (freshet.model.max-length)");
        }
    }
}
