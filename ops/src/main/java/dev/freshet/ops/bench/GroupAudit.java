package dev.freshet.ops.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Follows every group through a journal, by its admission number. Stages keep the order, so when a step ends, every group up to
 * the batch's last has ended: in this batch, or dropped. A resumed run goes on with the groups behind its checkpoint's step, and
 * says so; all that ended behind it ends anew.
 */
final class GroupAudit {
    private static final Stand BEGINNING = new Stand(0, 0);

    private final Consumer<String> violations;
    private final TreeMap<Long, Stand> stands = new TreeMap<>(Map.of(0L, BEGINNING));
    private final TreeSet<Long> dropped = new TreeSet<>();
    private final CountAudit counts;
    private long bound;
    private long maxStaleness;
    private long takenBack;
    private long trainedAgain;
    private boolean taking;

    GroupAudit(Consumer<String> violations) {
        this.violations = violations;
        this.counts = new CountAudit(violations);
    }

    /**
     * When a version had been made.
     *
     * @param cursor admission number after the last trained group's
     * @param trained groups so far
     */
    private record Stand(long cursor, long trained) {}

    long version() {
        return stands.lastKey();
    }

    long maxStaleness() {
        return maxStaleness;
    }

    long bound() {
        return bound;
    }

    long takenBack() {
        return takenBack;
    }

    long trainedAgain() {
        return trainedAgain;
    }

    void onRunStarted(AuditedLine line) {
        bound = line.event().path("staleness_bound").asLong();
        taking = line.event().path("resumed_from").asLong() >= 0;
        if (taking) {
            return;
        }
        if (version() > 0) {
            violations.accept("the run begins anew, though it had taken " + version() + " steps");
        }
        goBackTo(0);
        counts.begin();
    }

    void onTakenBack(AuditedLine line) {
        taking = false;
        long version = line.event().path("version").asLong();
        long cursor = line.event().path("cursor").asLong();
        long groups = line.event().path("groups").asLong();
        Stand stand = stands.get(version);
        if (stand == null) {
            violations.accept("goes on from version " + version + ", which no step had made");
            return;
        }
        if (stand.cursor() != cursor) {
            violations.accept("groups enter again from " + cursor + " on, but at version " + version
                    + " they had ended up to " + (stand.cursor() - 1));
        }
        takenBack += groups;
        trainedAgain += stands.lastEntry().getValue().trained() - stand.trained();
        goBackTo(version);
        counts.resume(groups);
    }

    void onStepTrained(AuditedLine line) {
        JsonNode report = line.event().path("report");
        long version = report.path("version").asLong();
        long first = report.path("first_sequence").asLong();
        long last = report.path("last_sequence").asLong();
        long groups = report.path("groups").asLong();
        requireTakenBack();
        checkStaleness(report.path("max_staleness").asLong());
        if (version != version() + 1) {
            violations.accept("version " + version + " follows version " + version());
        }
        Stand before = stands.lastEntry().getValue();
        checkBatch(before.cursor(), first, last, groups);
        dropped.headSet(last, true).clear();
        Stand after = new Stand(last + 1, before.trained() + groups);
        stands.tailMap(version, true).clear();
        stands.put(version, after);
        counts.check(line.event().path("groups"), after.trained());
    }

    void onDropped(AuditedLine line) {
        requireTakenBack();
        long sequence = line.event().path("group_sequence").asLong();
        if (sequence < stands.lastEntry().getValue().cursor()) {
            violations.accept("group " + sequence + " is dropped, but had ended before");
            return;
        }
        if (!dropped.add(sequence)) {
            violations.accept("group " + sequence + " is dropped a second time");
        }
        counts.onDropped(line.event().path("reason").asText());
    }

    /** What is handed back may have been overtaken by groups that were dropped, and that enter again with it. */
    void onReturned(AuditedLine line) {
        dropped.clear();
        counts.onReturned(line.event().path("groups").asLong());
    }

    /** Goes back in weights and on in data. */
    void onRolledBack(AuditedLine line) {
        requireTakenBack();
        long version = line.event().path("version").asLong();
        long parent = line.event().path("parent").asLong();
        if (version != version() + 1) {
            violations.accept("version " + version + " follows version " + version());
        }
        if (!stands.containsKey(parent)) {
            violations.accept("goes back to version " + parent + ", which no step had made");
        }
        stands.put(version, stands.lastEntry().getValue());
    }

    void onRunFinished(AuditedLine line) {
        counts.onEnd(line.event().path("groups"), stands.lastEntry().getValue().trained());
    }

    private void goBackTo(long version) {
        stands.tailMap(version, false).clear();
        dropped.clear();
    }

    private void requireTakenBack() {
        if (taking) {
            violations.accept("the run goes on without saying what it takes back");
            taking = false;
        }
    }

    private void checkStaleness(long staleness) {
        maxStaleness = Math.max(maxStaleness, staleness);
        if (staleness > bound) {
            violations.accept("staleness must be at most " + bound + ", was " + staleness);
        }
    }

    /** The numbers from the cursor to the last hold the batch and what was dropped, and no other group. */
    private void checkBatch(long cursor, long first, long last, long groups) {
        if (first < cursor) {
            violations.accept("groups " + first + " to " + Math.min(last, cursor - 1)
                    + " are trained on, but had ended before, and nothing says that they were taken back");
            return;
        }
        long droppedBetween = dropped.headSet(last, true).size();
        long unaccounted = last + 1 - cursor - droppedBetween - groups;
        if (unaccounted > 0) {
            violations.accept(unaccounted + " of the groups " + cursor + " to " + last + " are lost: " + groups
                    + " are trained on, " + droppedBetween + " were dropped");
        }
        if (unaccounted < 0) {
            violations.accept(-unaccounted + " of the groups " + cursor + " to " + last + " end twice: " + groups
                    + " are trained on, " + droppedBetween + " were dropped");
        }
    }
}
