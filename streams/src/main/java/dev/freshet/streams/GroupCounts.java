package dev.freshet.streams;

import java.util.EnumMap;
import java.util.Map;

/**
 * Where every admitted group is or ended: {@code admitted = trained + dropped + returned + inFlight}, in every snapshot.
 *
 * @param returned handed back to the source, at drain or by a lost node; one that enters again counts anew
 */
public record GroupCounts(long admitted, long trained, Map<DropReason, Long> dropped, long returned, long inFlight) {
    public static final GroupCounts NONE = new GroupCounts(0, 0, Map.of(), 0, 0);

    public GroupCounts {
        Map<DropReason, Long> all = new EnumMap<>(DropReason.class);
        for (DropReason reason : DropReason.values()) {
            all.put(reason, dropped.getOrDefault(reason, 0L));
        }
        dropped = Map.copyOf(all);
        long droppedInAll = dropped.values().stream().mapToLong(Long::longValue).sum();
        if (admitted != trained + droppedInAll + returned + inFlight) {
            throw new IllegalArgumentException("group counts must add up: admitted " + admitted + " is not trained "
                    + trained + " + dropped " + dropped + " + returned " + returned + " + in flight " + inFlight);
        }
    }
}
