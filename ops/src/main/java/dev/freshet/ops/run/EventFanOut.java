package dev.freshet.ops.run;

import dev.freshet.streams.EventSink;
import dev.freshet.streams.PipelineEvent;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands each event to several sinks, in the order given. A sink that throws breaks its contract: that is counted, logged once
 * a sink, and stops neither the others nor the run.
 */
public final class EventFanOut implements EventSink {
    private static final Logger LOG = LoggerFactory.getLogger(EventFanOut.class);

    private final List<EventSink> sinks;
    private final AtomicLong failures = new AtomicLong();
    private final Set<EventSink> reported = ConcurrentHashMap.newKeySet();

    public EventFanOut(List<EventSink> sinks) {
        this.sinks = List.copyOf(sinks);
    }

    @Override
    public void accept(PipelineEvent event) {
        for (EventSink sink : sinks) {
            try {
                sink.accept(event);
            } catch (RuntimeException failure) {
                failures.incrementAndGet();
                if (reported.add(sink)) {
                    LOG.error("{} failed on {}; further failures of it are only counted", sink, event, failure);
                }
            }
        }
    }

    /** Events that some sink failed on. */
    public long failures() {
        return failures.get();
    }
}
