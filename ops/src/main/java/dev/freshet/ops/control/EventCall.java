package dev.freshet.ops.control;

import dev.freshet.ops.control.ControlClient.WatchMode;
import dev.freshet.ops.run.JournalLine;
import dev.freshet.proto.v1.ControlGrpc;
import dev.freshet.proto.v1.WatchEventsRequest;
import dev.freshet.proto.v1.WatchEventsResponse;
import io.grpc.Channel;
import io.grpc.Context;
import io.grpc.Context.CancellableContext;
import io.grpc.StatusRuntimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Iterator;
import java.util.function.Function;
import java.util.function.Predicate;

/** One call of WatchEvents. It has no deadline: its caller, the run's end and a lost connection end it. */
final class EventCall {
    private final Channel channel;
    private final Function<StatusRuntimeException, ControlException> explained;
    private long newest;

    /** @param explained tells a user of the failed call */
    EventCall(Channel channel, Function<StatusRuntimeException, ControlException> explained) {
        this.channel = channel;
        this.explained = explained;
    }

    /** @see ControlClient#events */
    void take(long from, WatchMode mode, Predicate<JournalLine> each) {
        WatchEventsRequest request = WatchEventsRequest.newBuilder()
                .setFromSequence(from)
                .setRecordedOnly(mode == WatchMode.RECORDED_ONLY)
                .build();
        try (CancellableContext call = Context.current().withCancellation()) {
            call.run(() -> take(request, each));
        } catch (StatusRuntimeException failure) {
            throw newest == 0 ? explained.apply(failure) : brokenOff(failure);
        }
    }

    private void take(WatchEventsRequest request, Predicate<JournalLine> each) {
        Iterator<WatchEventsResponse> responses =
                ControlGrpc.newBlockingStub(channel).watchEvents(request);
        boolean wanted = true;
        while (wanted && responses.hasNext()) {
            WatchEventsResponse event = responses.next();
            newest = event.getSequence();
            wanted = each.test(line(event));
        }
    }

    private static JournalLine line(WatchEventsResponse event) {
        return new JournalLine(
                event.getSequence(),
                Instant.EPOCH.plus(event.getTimeMicros(), ChronoUnit.MICROS),
                event.getType(),
                event.getJson());
    }

    private ControlException brokenOff(StatusRuntimeException failure) {
        return ControlException.failed(
                "the events broke off after " + newest + " ("
                        + explained.apply(failure).getMessage() + "); go on with --from " + (newest + 1),
                failure);
    }
}
