package dev.freshet.actors;

import dev.freshet.streams.EventSink;
import dev.freshet.streams.PipelineEvent;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Remembers every event, and lets a test wait for the next of a kind. */
final class RecordedEvents implements EventSink {
    private final List<PipelineEvent> all = new CopyOnWriteArrayList<>();
    private final BlockingQueue<PipelineEvent> unseen = new LinkedBlockingQueue<>();

    @Override
    public void accept(PipelineEvent event) {
        all.add(event);
        unseen.add(event);
    }

    <T extends PipelineEvent> List<T> of(Class<T> kind) {
        return all.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    /** The next event of that kind that no call has returned or passed over before. */
    <T extends PipelineEvent> T next(Class<T> kind) {
        try {
            while (true) {
                PipelineEvent event = unseen.poll(10, TimeUnit.SECONDS);
                if (event == null) {
                    throw new AssertionError("no " + kind.getSimpleName() + " within ten seconds, but " + all);
                }
                if (kind.isInstance(event)) {
                    return kind.cast(event);
                }
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
