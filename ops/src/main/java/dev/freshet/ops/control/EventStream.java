package dev.freshet.ops.control;

import dev.freshet.ops.run.Journal;
import dev.freshet.ops.run.JournalLine;
import dev.freshet.ops.run.JournalRangeException;
import dev.freshet.ops.run.JournalReader;
import dev.freshet.proto.v1.WatchEventsResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One caller who reads the journal along. Whatever may be news for it (an event, room at the caller, the end) is a signal; a
 * signal makes one thread send what there is, for as long as the caller takes it. What a slow caller has not taken stays in the
 * journal's files.
 */
final class EventStream {
    private static final Logger LOGGER = LoggerFactory.getLogger(EventStream.class);

    private final Journal journal;
    private final JournalReader reader;
    private final long last;
    private final ServerCallStreamObserver<WatchEventsResponse> caller;
    private final Executor threads;
    private final Consumer<EventStream> ended;
    private final Journal.Following following;

    /** One from the beginning, so that nothing is sent, and nothing ends, before {@link #start}. */
    private final AtomicInteger signals = new AtomicInteger(1);

    private volatile boolean ending;

    /** Touched by the sending thread only. */
    private boolean done;

    /**
     * @param reader becomes this stream's, which closes it
     * @param last sequence number of the last event wanted
     * @param ended told once
     */
    EventStream(
            Journal journal,
            JournalReader reader,
            long last,
            ServerCallStreamObserver<WatchEventsResponse> caller,
            Executor threads,
            Consumer<EventStream> ended) {
        this.journal = journal;
        this.reader = reader;
        this.last = last;
        this.caller = caller;
        this.threads = threads;
        this.ended = ended;
        this.following = journal.follow(this::signal);
    }

    /** From the service's own method, before it returns. */
    void start() {
        caller.setOnReadyHandler(this::signal);
        caller.setOnCancelHandler(this::signal);
        send();
    }

    void endAfterWhatIsThere() {
        ending = true;
        signal();
    }

    static StatusRuntimeException refusal(Exception failure) {
        if (failure instanceof JournalRangeException outOfRange) {
            return Status.OUT_OF_RANGE.withDescription(outOfRange.getMessage()).asRuntimeException();
        }
        LOGGER.error("the journal cannot be read", failure);
        return Status.INTERNAL
                .withDescription("the journal cannot be read: " + failure)
                .asRuntimeException();
    }

    private void signal() {
        if (signals.getAndIncrement() == 0) {
            send();
        }
    }

    private void send() {
        try {
            threads.execute(this::sendUntilThereIsNoSignal);
        } catch (RejectedExecutionException serverIsClosed) {
            sendUntilThereIsNoSignal();
        }
    }

    private void sendUntilThereIsNoSignal() {
        int heard = signals.get();
        do {
            if (!done) {
                sendWhatThereIs();
            }
            heard = signals.addAndGet(-heard);
        } while (heard != 0);
    }

    private void sendWhatThereIs() {
        try {
            while (!done && !caller.isCancelled() && caller.isReady()) {
                boolean nothingComes = ending || journal.isClosed(); // Asked before the journal is read to its end.
                Optional<JournalLine> line = next();
                if (line.isPresent()) {
                    caller.onNext(toMessage(line.get()));
                } else if (nothingComes || reader.next() > last) {
                    finish();
                    caller.onCompleted();
                } else {
                    return;
                }
            }
            if (!done && caller.isCancelled()) {
                finish();
            }
        } catch (IOException | RuntimeException failure) {
            finish();
            caller.onError(refusal(failure));
        }
    }

    private Optional<JournalLine> next() throws IOException {
        return reader.next() > last ? Optional.empty() : reader.read().filter(line -> line.sequence() <= last);
    }

    private void finish() {
        done = true;
        following.close();
        ended.accept(this);
        try {
            reader.close();
        } catch (IOException failure) {
            LOGGER.warn("a file of the journal could not be closed", failure);
        }
    }

    private static WatchEventsResponse toMessage(JournalLine line) {
        return WatchEventsResponse.newBuilder()
                .setSequence(line.sequence())
                .setType(line.type())
                .setTimeMicros(ChronoUnit.MICROS.between(Instant.EPOCH, line.time()))
                .setJson(line.json())
                .build();
    }
}
