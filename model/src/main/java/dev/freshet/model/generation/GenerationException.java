package dev.freshet.model.generation;

/** A group could not be sampled; the message says why. Another generator may be asked. */
public final class GenerationException extends RuntimeException {
    public GenerationException(String message) {
        super(message);
    }

    public GenerationException(String message, Throwable cause) {
        super(message, cause);
    }
}
