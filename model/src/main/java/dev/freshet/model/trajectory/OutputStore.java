package dev.freshet.model.trajectory;

import dev.freshet.model.rollout.Tokens;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a model said of each example in the last epochs: as many slots as are looked back on and one more, of which each epoch takes over the
 * oldest. Not thread-safe.
 */
public final class OutputStore {
    /**
     * Of which sequence.
     *
     * @param example id, the same in every epoch and run
     * @param place of the sequence in its example, from 0
     */
    public record Key(long example, int place) {}

    /** An epoch's outputs; {@code epoch} is -1 before the first. */
    private static final class Slot {
        private final Map<Key, PastOutputs> outputs = new HashMap<>();
        private long epoch = -1;
    }

    private final List<Slot> slots = new ArrayList<>();
    private final int epochsAgo;
    private final double temperature;
    private final long maxBytes;
    private long bytes;
    private long refused;

    /**
     * @param epochsAgo how far is looked back, at least 1
     * @param temperature at which all outputs are taken
     * @param maxBytes of the outputs of all epochs together; what comes beyond is not kept, and counted
     */
    public OutputStore(int epochsAgo, double temperature, long maxBytes) {
        if (epochsAgo < 1) {
            throw new IllegalArgumentException("epochs-ago must be at least 1, was " + epochsAgo);
        }
        this.epochsAgo = epochsAgo;
        this.temperature = temperature;
        this.maxBytes = maxBytes;
        for (int slot = 0; slot <= epochsAgo; slot++) {
            slots.add(new Slot());
        }
    }

    /** What was said so many epochs before, if it was of the same completion. */
    public Optional<PastOutputs> before(long epoch, Key key, Tokens completion) {
        long wanted = epoch - epochsAgo;
        if (wanted < 0) {
            return Optional.empty();
        }
        Slot slot = slot(wanted);
        if (slot.epoch != wanted) {
            return Optional.empty();
        }
        return Optional.ofNullable(slot.outputs.get(key))
                .filter(outputs -> outputs.completion().equals(completion));
    }

    /** Keeps what is said now, unless it is no number or there is no room. */
    public void remember(long epoch, Key key, PastOutputs outputs) {
        Slot slot = slot(epoch);
        if (slot.epoch > epoch) {
            return;
        }
        if (slot.epoch != epoch) {
            slot.outputs.values().forEach(old -> bytes -= old.bytes());
            slot.outputs.clear();
            slot.epoch = epoch;
        }
        PastOutputs replaced = slot.outputs.remove(key);
        if (replaced != null) {
            bytes -= replaced.bytes();
        }
        if (!outputs.isFinite() || bytes + outputs.bytes() > maxBytes) {
            refused++;
            return;
        }
        slot.outputs.put(key, outputs);
        bytes += outputs.bytes();
    }

    private Slot slot(long epoch) {
        return slots.get((int) (epoch % slots.size()));
    }

    double temperature() {
        return temperature;
    }

    /** Memory that the outputs take. */
    public long bytes() {
        return bytes;
    }

    /** Outputs that were not kept, since the start of this process. */
    public long refused() {
        return refused;
    }

    /** Outputs that are kept. */
    public int size() {
        return slots.stream().mapToInt(slot -> slot.outputs.size()).sum();
    }

    /** Takes everything that is kept, epoch by epoch and in the order of keys. */
    void forEachEpoch(EpochVisitor visitor) {
        for (Slot slot : slots) {
            if (slot.epoch >= 0) {
                visitor.visit(slot.epoch, slot.outputs);
            }
        }
    }

    /** Sees one epoch's outputs. */
    interface EpochVisitor {
        void visit(long epoch, Map<Key, PastOutputs> outputs);
    }
}
