package dev.freshet.ops.control;

import dev.freshet.proto.v1.ControlGrpc;
import dev.freshet.proto.v1.WatchEventsRequest;
import dev.freshet.proto.v1.WatchEventsResponse;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** A caller of WatchEvents that takes as many events as a test lets it. */
final class Watcher {
    private static final long DEADLINE_SECONDS = 20;

    private final ClientCall<WatchEventsRequest, WatchEventsResponse> call;
    private final List<Long> sequences = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Status> ended = new CompletableFuture<>();

    /** Takes whatever comes. */
    Watcher(Channel channel, long from) {
        this(channel, from, Integer.MAX_VALUE);
    }

    /** @param wanted events that it takes before it is told to take more */
    Watcher(Channel channel, long from, int wanted) {
        call = channel.newCall(ControlGrpc.getWatchEventsMethod(), CallOptions.DEFAULT);
        call.start(new Listener(), new Metadata());
        if (wanted > 0) {
            call.request(wanted);
        }
        call.sendMessage(WatchEventsRequest.newBuilder().setFromSequence(from).build());
        call.halfClose();
    }

    void request(int more) {
        call.request(more);
    }

    void cancel() {
        call.cancel("the test has seen enough", null);
    }

    int received() {
        return sequences.size();
    }

    /** All that came, once the stream has ended. */
    List<Long> sequences() throws Exception {
        var unused = ended();
        return List.copyOf(sequences);
    }

    Status ended() throws Exception {
        return ended.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
    }

    private final class Listener extends ClientCall.Listener<WatchEventsResponse> {
        @Override
        public void onMessage(WatchEventsResponse event) {
            sequences.add(event.getSequence());
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            ended.complete(status);
        }
    }
}
