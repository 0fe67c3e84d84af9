package dev.freshet.ops.bench;

import dev.freshet.streams.EventSink;
import dev.freshet.streams.PipelineEvent;
import dev.freshet.streams.PipelineEvent.StepTrained;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** Tells when a run has taken a step. All else it leaves to the sink behind it. */
final class StepWatch implements EventSink {
    private final EventSink sink;
    private final NavigableMap<Long, CompletableFuture<Void>> awaited = new TreeMap<>();
    private long newest;

    StepWatch(EventSink sink) {
        this.sink = sink;
    }

    @Override
    public void accept(PipelineEvent event) {
        sink.accept(event);
        if (event instanceof StepTrained trained) {
            taken(trained.report().version().number());
        }
    }

    /** Completes when that step, or a later one, has been taken. */
    synchronized CompletableFuture<Void> reached(long step) {
        return newest >= step
                ? CompletableFuture.completedFuture(null)
                : awaited.computeIfAbsent(step, unused -> new CompletableFuture<>());
    }

    private synchronized void taken(long step) {
        newest = step;
        NavigableMap<Long, CompletableFuture<Void>> reached = awaited.headMap(step, true);
        reached.values().forEach(moment -> moment.completeAsync(() -> null));
        reached.clear();
    }
}
