package dev.freshet.ops.control.caller;

import io.grpc.Status;
import java.time.Duration;

/**
 * What became of a call.
 *
 * @param request what was asked, in words
 * @param status with the refusal's text
 * @param took until the answer was there
 */
public record Answer(Call call, String request, Status status, Duration took) {
    public boolean isRight() {
        return call.isRightlyAnsweredBy(status.getCode());
    }

    public boolean isRefusal() {
        return !status.isOk();
    }

    @Override
    public String toString() {
        return call.label() + " (" + request + ") was answered by " + status.getCode()
                + (status.getDescription() == null ? "" : ": " + status.getDescription()) + " after " + took.toMillis()
                + " ms";
    }
}
