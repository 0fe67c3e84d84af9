package dev.freshet.model.checkpoint;

/**
 * A checkpoint that may well be whole, but not for this process: a newer format version wrote it, or the system does not let this user
 * read it. To pass over it as over a damaged one would silently give up what it holds.
 */
public final class ForeignCheckpointException extends CheckpointException {
    public ForeignCheckpointException(String message) {
        super(message);
    }

    public ForeignCheckpointException(String message, Throwable cause) {
        super(message, cause);
    }
}
