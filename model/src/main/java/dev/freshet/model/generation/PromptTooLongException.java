package dev.freshet.model.generation;

/** The model has no room for a prompt and the longest completion of it. No generator can do what this one cannot. */
public final class PromptTooLongException extends IllegalArgumentException {
    public PromptTooLongException(String message) {
        super(message);
    }
}
