package dev.freshet.model.checkpoint;

/** A checkpoint could not be written, or is refused; the message names the file, the value and the rule. */
public class CheckpointException extends RuntimeException {
    public CheckpointException(String message) {
        super(message);
    }

    public CheckpointException(String message, Throwable cause) {
        super(message, cause);
    }
}
