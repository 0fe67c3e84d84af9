package dev.freshet.model.checkpoint;

/**
 * A checkpoint that was deleted.
 *
 * @param name of its directory
 * @param bytes the sum of its files
 */
public record DeletedCheckpoint(String name, long bytes, Why why) {
    /** Which rule it fell to. */
    public enum Why {
        /** Neither among the newest nor among the best. */
        TOO_MANY,
        TOO_OLD,
        /** The process that wrote or deleted it died over that. */
        UNFINISHED
    }
}
