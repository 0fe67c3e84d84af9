package dev.freshet.ops.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** The counts that events carry, against the events themselves. */
final class CountAudit {
    private final Consumer<String> violations;
    private final Map<String, Long> droppedEver = new HashMap<>();
    private final Map<String, Long> droppedNow = new HashMap<>();
    private final Map<String, Long> droppedBefore = new HashMap<>();
    private long returnedEver;
    private long returnedNow;
    private long returnedBefore;
    private long returnedAtLeast;
    private boolean beforeIsKnown = true;

    CountAudit(Consumer<String> violations) {
        this.violations = violations;
    }

    void begin() {
        droppedNow.clear();
        droppedBefore.clear();
        returnedNow = 0;
        returnedBefore = 0;
        beforeIsKnown = true;
    }

    /** What the checkpoint counted is seen at the next step; no more than ever happened. */
    void resume(long takenBack) {
        droppedNow.clear();
        returnedNow = 0;
        returnedEver += takenBack;
        returnedAtLeast = takenBack;
        beforeIsKnown = false;
    }

    void onDropped(String reason) {
        droppedEver.merge(reason, 1L, Long::sum);
        droppedNow.merge(reason, 1L, Long::sum);
    }

    void onReturned(long groups) {
        returnedEver += groups;
        returnedNow += groups;
    }

    void onEnd(JsonNode counts, long trained) {
        check(counts, trained);
        long inFlight = counts.path("in_flight").asLong();
        if (inFlight != 0) {
            violations.accept("the run has ended with " + inFlight + " groups in flight");
        }
    }

    void check(JsonNode counts, long trained) {
        long sum = 0;
        for (JsonNode reason : counts.path("dropped")) {
            sum += reason.asLong();
        }
        sum += counts.path("trained").asLong()
                + counts.path("returned").asLong()
                + counts.path("in_flight").asLong();
        require("admitted groups, all told,", sum, counts.path("admitted").asLong());
        require("trained groups", trained, counts.path("trained").asLong());
        if (!beforeIsKnown) {
            take(counts);
        }
        counts.path("dropped")
                .properties()
                .forEach(reason -> require(
                        "groups dropped as " + reason.getKey(),
                        droppedBefore.getOrDefault(reason.getKey(), 0L) + droppedNow.getOrDefault(reason.getKey(), 0L),
                        reason.getValue().asLong()));
        require(
                "returned groups",
                returnedBefore + returnedNow,
                counts.path("returned").asLong());
    }

    /** The checkpoint's share: what is counted less what has happened since. */
    private void take(JsonNode counts) {
        beforeIsKnown = true;
        droppedBefore.clear();
        counts.path("dropped").properties().forEach(reason -> {
            long now = droppedNow.getOrDefault(reason.getKey(), 0L);
            long before = reason.getValue().asLong() - now;
            requireBetween(
                    "groups dropped as " + reason.getKey() + " before the checkpoint",
                    before,
                    0,
                    droppedEver.getOrDefault(reason.getKey(), 0L) - now);
            droppedBefore.put(reason.getKey(), before);
        });
        returnedBefore = counts.path("returned").asLong() - returnedNow;
        requireBetween(
                "groups returned before the resumption", returnedBefore, returnedAtLeast, returnedEver - returnedNow);
    }

    private void require(String what, long expected, long counted) {
        if (expected != counted) {
            violations.accept(what + " are " + expected + ", but " + counted + " are counted");
        }
    }

    private void requireBetween(String what, long value, long least, long most) {
        if (value < least || value > most) {
            violations.accept(what + " must be between " + least + " and " + most + ", were " + value);
        }
    }
}
