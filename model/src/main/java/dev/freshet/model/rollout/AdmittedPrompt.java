package dev.freshet.model.rollout;

/**
 * A prompt that has entered the stream: the one place where a group begins.
 *
 * @param sequence admission number in the run's order of prompts, counted from 0; a resumed run goes on counting, and a group
 *     handed back to the source enters again under the same number
 */
public record AdmittedPrompt(long sequence, Prompt prompt) {
    public AdmittedPrompt {
        if (sequence < 0) {
            throw new IllegalArgumentException("admission number must be at least 0, was " + sequence);
        }
    }
}
