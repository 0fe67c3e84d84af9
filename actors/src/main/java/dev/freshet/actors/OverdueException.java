package dev.freshet.actors;

import java.time.Duration;
import java.util.concurrent.TimeoutException;

/** An answer that did not come in time; the message says what was waited for, how long, and by which settings. */
public final class OverdueException extends TimeoutException {
    private static final long serialVersionUID = 1;

    private OverdueException(String message) {
        super(message);
    }

    /**
     * @param wanted what was waited for, as in "the run's status"
     * @param keys the settings that say how long
     */
    public static OverdueException of(String wanted, Duration waited, String keys) {
        return new OverdueException(wanted + " did not come within " + seconds(waited) + " s (" + keys
                + "), and may come about still: ask for the run's status before trying again");
    }

    /** The real failure; the words that Akka has for a question without an answer name actors, and are replaced. */
    static Throwable inWords(Throwable failure, String wanted, Duration waited, String keys) {
        Throwable cause = Failures.rootCause(failure);
        return cause instanceof TimeoutException && !(cause instanceof OverdueException)
                ? of(wanted, waited, keys)
                : cause;
    }

    private static String seconds(Duration waited) {
        return waited.toMillis() % 1000 == 0
                ? Long.toString(waited.toSeconds())
                : Double.toString(waited.toMillis() / 1000.0);
    }
}
