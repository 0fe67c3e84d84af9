package dev.freshet.streams;

import dev.freshet.model.learning.StepReport;
import dev.freshet.streams.PipelineEvent.GroupDropped;
import dev.freshet.streams.PipelineEvent.GroupsReturned;
import dev.freshet.streams.PipelineEvent.StepTrained;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Accounts for every admitted group, or example of a dataset, until its one end, and announces the ends. It outlives a pipeline: after a rollback the
 * next one goes on with it.
 *
 * <p>Thread-safe by its own monitor, which is held while an event is announced, so that events come in the order of the
 * counts they carry. A sink may call back into the pipeline, but must not wait for another thread that does.
 */
public final class GroupLedger {
    private final EventSink events;
    private final Set<Long> inFlight = new LinkedHashSet<>();
    private final Map<DropReason, Long> dropped;
    private long admitted;
    private long trained;
    private long returned;
    private long next;
    private long cursor;
    private volatile GroupCounts latest;

    private GroupLedger(long cursor, GroupCounts before, EventSink events) {
        this.events = events;
        this.dropped = new EnumMap<>(before.dropped());
        this.admitted = before.admitted();
        this.trained = before.trained();
        this.returned = before.returned() + before.inFlight();
        this.next = cursor;
        this.cursor = cursor;
        this.latest = counts();
    }

    /** The ledger of a run that begins. */
    public static GroupLedger begin(EventSink events) {
        return new GroupLedger(0, GroupCounts.NONE, events);
    }

    /**
     * The ledger of a run that goes on from a checkpoint.
     *
     * @param cursor as {@link #cursor} was when the checkpoint's version was made
     * @param before the counts then; what was in flight counts as returned, and enters again
     */
    public static GroupLedger resume(long cursor, GroupCounts before, EventSink events) {
        if (cursor < 0) {
            throw new IllegalArgumentException("cursor must be at least 0, was " + cursor);
        }
        return new GroupLedger(cursor, before, events);
    }

    public synchronized GroupCounts snapshot() {
        return counts();
    }

    /** As {@link #snapshot}, without waiting for an event that is being announced. */
    public GroupCounts latest() {
        return latest;
    }

    /**
     * The admission number that follows the last trained group: all groups before it had ended when that step ended, because
     * stages keep the order. After each step it is {@link StepReport#lastSequence} + 1.
     */
    public synchronized long cursor() {
        return cursor;
    }

    /** Admits the next group and gives it its admission number. */
    synchronized long admit() {
        admitted++;
        inFlight.add(next);
        latest = counts();
        return next++;
    }

    synchronized long inFlight() {
        return inFlight.size();
    }

    synchronized void drop(Outcome.Dropped<?> group) {
        end(group.sequence());
        dropped.merge(group.reason(), 1L, Long::sum);
        latest = counts();
        events.accept(new GroupDropped(group.sequence(), group.reason(), group.detail()));
    }

    /** @param batch admission numbers of what the step learnt from, in order */
    synchronized void train(
            List<Long> batch,
            StepReport report,
            double rolloutsPerSecond,
            double trainedTokensPerSecond,
            double generatedTokensPerSecond) {
        for (long sequence : batch) {
            end(sequence);
            cursor = sequence + 1;
        }
        trained += batch.size();
        latest = counts();
        events.accept(
                new StepTrained(report, latest, rolloutsPerSecond, trainedTokensPerSecond, generatedTokensPerSecond));
    }

    /** Hands back to the source all that has not ended; the next group to be admitted is the first of them. */
    synchronized void returnInFlight(String why) {
        if (inFlight.isEmpty()) {
            return;
        }
        long groups = inFlight.size();
        next = inFlight.iterator().next();
        inFlight.clear();
        returned += groups;
        latest = counts();
        events.accept(new GroupsReturned(groups, why));
    }

    private GroupCounts counts() {
        return new GroupCounts(admitted, trained, dropped, returned, inFlight.size());
    }

    private void end(long sequence) {
        if (!inFlight.remove(sequence)) {
            throw new IllegalStateException("group " + sequence + " ended, but it is not in flight");
        }
    }
}
