package dev.freshet.ops.run;

/** A journal was asked for an event that it no longer keeps, or that is not yet to come; the message names one that can be asked for. */
public final class JournalRangeException extends RuntimeException {
    private JournalRangeException(String message) {
        super(message);
    }

    static JournalRangeException tooOld(long sequence, long oldest) {
        return new JournalRangeException("event " + sequence + " is no longer kept, the oldest is " + oldest
                + ": ask from there on; how much is kept is set by freshet.run.journal.files and .file-size");
    }

    static JournalRangeException beyond(long sequence, long newest) {
        return new JournalRangeException("event " + sequence + " is beyond the next one, the newest is " + newest
                + ": ask from at most " + (newest + 1) + ", or from 0 for what happens from now on");
    }
}
