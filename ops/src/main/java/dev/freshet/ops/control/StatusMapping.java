package dev.freshet.ops.control;

import dev.freshet.actors.RefusedException;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;

/** What a failed command is called in gRPC's words. */
final class StatusMapping {
    private StatusMapping() {}

    static StatusRuntimeException toGrpc(Throwable failure) {
        Throwable cause = unwrapped(failure);
        return status(cause).withCause(cause).asRuntimeException();
    }

    private static Status status(Throwable cause) {
        if (cause instanceof RefusedException refusal) {
            return code(refusal.kind()).withDescription(refusal.getMessage());
        }
        if (cause instanceof TimeoutException timeout) {
            return Status.DEADLINE_EXCEEDED.withDescription(timeout.getMessage());
        }
        if (cause instanceof CancellationException) {
            return Status.CANCELLED.withDescription("the caller has left");
        }
        return Status.INTERNAL.withDescription("the run failed on this command: " + cause);
    }

    private static Status code(RefusedException.Kind kind) {
        return switch (kind) {
            case INVALID_ARGUMENT -> Status.INVALID_ARGUMENT;
            case FAILED_PRECONDITION -> Status.FAILED_PRECONDITION;
            case NOT_FOUND -> Status.NOT_FOUND;
        };
    }

    private static Throwable unwrapped(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? unwrapped(cause) : failure;
    }
}
