package dev.freshet.ops.control;

import dev.freshet.actors.OverdueException;
import dev.freshet.model.engine.OutOfMemory;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends what a command came to: the run's answer, or why there is none. */
final class Answers {
    private static final Logger LOGGER = LoggerFactory.getLogger(Answers.class);

    private final Duration deadline;
    private final String keys;

    /**
     * @param deadline of every answer
     * @param keys the settings that say so
     */
    Answers(Duration deadline, String keys) {
        this.deadline = deadline;
        this.keys = keys;
    }

    /** A command that throws is refused like one whose stage fails. */
    <T, R> void send(StreamObserver<R> observer, Supplier<CompletionStage<T>> command, Function<T, R> toResponse) {
        var unused = CompletableFuture.completedFuture(command)
                .thenCompose(Supplier::get)
                .thenApply(toResponse)
                .orTimeout(deadline.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((response, failure) -> {
                    if (failure != null) {
                        observer.onError(refusal(isOurDeadline(failure) ? late() : failure));
                        return;
                    }
                    observer.onNext(response);
                    observer.onCompleted();
                });
    }

    /** The JDK's, which says nothing; the run's own deadlines do. */
    private static boolean isOurDeadline(Throwable failure) {
        return failure instanceof TimeoutException && failure.getMessage() == null;
    }

    private OverdueException late() {
        return OverdueException.of("the run's answer", deadline, keys);
    }

    private static StatusRuntimeException refusal(Throwable failure) {
        OutOfMemory.report(failure);
        StatusRuntimeException refusal = StatusMapping.toGrpc(failure);
        if (refusal.getStatus().getCode() == Code.INTERNAL) {
            LOGGER.error("a control command failed", refusal.getStatus().getCause());
        }
        return refusal;
    }
}
