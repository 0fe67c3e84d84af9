package dev.freshet.ops.bench;

import io.grpc.Status.Code;
import java.util.List;
import java.util.Set;

/**
 * One call that no honest client makes.
 *
 * @param kind what is wrong with it, for the report
 * @param method full name, as in {@code freshet.v1.Control/Pause}
 * @param messages sent, as they are; none or several are wrong for a call that takes one
 * @param credentials what it shows
 * @param ending how the caller ends it
 * @param allowed how it may be answered
 */
record FuzzRequest(
        String kind,
        String method,
        List<FuzzMessage> messages,
        Credentials credentials,
        Ending ending,
        Set<Code> allowed) {
    FuzzRequest {
        messages = List.copyOf(messages);
        allowed = Set.copyOf(allowed);
    }

    /** Whether its caller may be gone when the answer comes. */
    boolean isLeft() {
        return ending != Ending.WAIT;
    }

    enum Credentials {
        RIGHT,
        WRONG,
        NONE
    }

    enum Ending {
        /** Says that it has sent all, and waits for the answer. */
        WAIT,
        /** Cancels at once. */
        CANCEL,
        /** Cancels after the first answer. */
        CANCEL_AFTER_ANSWER,
        /** Gives the call a millisecond. */
        HURRY
    }
}
