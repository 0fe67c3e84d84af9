package dev.freshet.ops.control;

import dev.freshet.ops.run.Journal;
import dev.freshet.ops.run.JournalRangeException;
import dev.freshet.ops.run.JournalReader;
import dev.freshet.proto.v1.WatchEventsRequest;
import dev.freshet.proto.v1.WatchEventsResponse;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The watched journal: one {@link EventStream} a caller, all read on a few threads of their own. */
final class EventStreams implements AutoCloseable {
    private static final int THREADS = 2;

    private final RunView view;
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS, EventStreams::thread);
    private final Set<EventStream> open = ConcurrentHashMap.newKeySet();

    EventStreams(RunView view) {
        this.view = view;
    }

    /** Streams that a caller has open. */
    int open() {
        return open.size();
    }

    void watch(WatchEventsRequest request, StreamObserver<WatchEventsResponse> caller) {
        Optional<Journal> journal = view.journal();
        if (journal.isEmpty()) {
            caller.onError(Status.FAILED_PRECONDITION
                    .withDescription("the run is still starting and has no journal yet; try again in a few seconds")
                    .asRuntimeException());
            return;
        }
        try {
            start(journal.get(), request, (ServerCallStreamObserver<WatchEventsResponse>) caller);
        } catch (IOException | JournalRangeException refused) {
            caller.onError(EventStream.refusal(refused));
        }
    }

    private void start(
            Journal journal, WatchEventsRequest request, ServerCallStreamObserver<WatchEventsResponse> caller)
            throws IOException {
        long newest = journal.newest();
        long last = request.getRecordedOnly() ? newest : Long.MAX_VALUE;
        JournalReader reader = journal.readFrom(first(journal, request, newest));
        EventStream stream = new EventStream(journal, reader, last, caller, threads, open::remove);
        open.add(stream);
        stream.start();
    }

    private static long first(Journal journal, WatchEventsRequest request, long newest) throws IOException {
        if (request.getFromSequence() != 0) {
            return request.getFromSequence();
        }
        return request.getRecordedOnly() ? journal.oldest() : newest + 1;
    }

    /** Ends every stream after what is in the journal; one whose caller takes nothing stays open. */
    @Override
    public void close() {
        open.forEach(EventStream::endAfterWhatIsThere);
        threads.shutdown();
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "control-events");
        thread.setDaemon(true);
        return thread;
    }
}
