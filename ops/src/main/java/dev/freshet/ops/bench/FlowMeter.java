package dev.freshet.ops.bench;

import dev.freshet.streams.EventSink;
import dev.freshet.streams.PipelineEvent;
import dev.freshet.streams.PipelineEvent.GroupDropped;
import dev.freshet.streams.PipelineEvent.StepTrained;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Looks at the clock, and at the heap after a forced collection, whenever another tenth of a run's groups has been trained on. All
 * else it leaves to the sink behind it.
 */
final class FlowMeter implements EventSink {
    private static final int PARTS = 10;
    private static final double MEGABYTE = 1e6;
    private static final double MILLION = 1e6;
    private static final double NANOS_PER_SECOND = 1e9;

    /** @param events so far */
    record Mark(long groups, long nanos, long events, double heapMegabytes) {}

    private final EventSink sink;
    private final long groups;
    private final List<Mark> marks = new ArrayList<>();
    private final Consumer<String> log;
    private long events;
    private long dropped;

    /**
     * @param groups that the run will train on in all
     * @param log takes a line for people each tenth
     */
    FlowMeter(EventSink sink, long groups, Consumer<String> log) {
        this.sink = sink;
        this.groups = groups;
        this.log = log;
    }

    @Override
    public synchronized void accept(PipelineEvent event) {
        events++;
        sink.accept(event);
        if (event instanceof GroupDropped) {
            dropped++;
        }
        if (event instanceof StepTrained step
                && step.groups().trained() * PARTS >= groups * (marks.size() + 1L)
                && marks.size() < PARTS) {
            marks.add(new Mark(step.groups().trained(), System.nanoTime(), events, heapMegabytes()));
            log.accept(
                    String.format(Locale.ROOT, "  %,d groups, heap %.1f MB", last().groups(), last().heapMegabytes()));
        }
    }

    /** After the first tenth, in which the code was still being compiled; the collections are part of the time. */
    synchronized double groupsPerSecond() {
        return (last().groups() - first().groups()) / seconds();
    }

    synchronized double eventsPerSecond() {
        return (last().events() - first().events()) / seconds();
    }

    /** Growth of the heap in MB for each million groups: the slope of the least-squares line, the first tenth left out. */
    synchronized double heapSlope() {
        List<Mark> settled = marks.subList(1, marks.size());
        return Series.of(settled, Mark::heapMegabytes).slopeOver(Series.of(settled, mark -> mark.groups() / MILLION));
    }

    /** Groups that did not get through all stages. */
    synchronized long dropped() {
        return dropped;
    }

    /** In MB, one a tenth. */
    synchronized List<Double> heap() {
        return marks.stream().map(Mark::heapMegabytes).toList();
    }

    private Mark first() {
        return marks.get(0);
    }

    private Mark last() {
        return marks.get(marks.size() - 1);
    }

    private double seconds() {
        return (last().nanos() - first().nanos()) / NANOS_PER_SECOND;
    }

    private static double heapMegabytes() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return (runtime.totalMemory() - runtime.freeMemory()) / MEGABYTE;
    }
}
