package dev.freshet.model.task;

import dev.freshet.model.rollout.Prompt;
import dev.freshet.model.rollout.Tokens;

/** A prompt with an answer to imitate: one supervised example. The completion ends with a stop token. */
public record Demonstration(Prompt prompt, Tokens completion) {
    public Demonstration {
        if (completion.size() == 0) {
            throw new IllegalArgumentException("a demonstration must have at least one completion token, had none");
        }
    }
}
