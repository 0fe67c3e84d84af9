package dev.freshet.model.engine;

import ai.djl.ndarray.NDManager;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How many arrays of this process are open, by kind, and how many bytes those take up that stay as long as their owner. Native
 * memory belongs to the process and so do these counts: they know every manager that {@link ComputeDevice#newManager} made until
 * it is closed, so that one that was forgotten goes on being counted. Tensors that only the engine holds, such as gradients, graphs
 * and packed matrices, are no arrays, or arrays whose size only the engine knows. Thread-safe.
 */
public final class OpenArrays {
    private static final Map<NDManager, Owned> MANAGERS = new ConcurrentHashMap<>();

    /** Of which arrays stay whose size is known when they are made; those of all others come and go. */
    private static final Set<ArrayKind> LASTING =
            Set.of(ArrayKind.PARAMETERS, ArrayKind.MOMENTS, ArrayKind.PUBLISHED, ArrayKind.CACHE, ArrayKind.REFERENCE);

    private OpenArrays() {}

    /** @param bytes of the arrays that the manager will own until it closes; 0 if their size is not known */
    static NDManager counted(NDManager manager, ArrayKind kind, long bytes) {
        MANAGERS.keySet().removeIf(known -> !known.isOpen());
        MANAGERS.put(manager, new Owned(kind, bytes));
        return manager;
    }

    /** Now; every kind has an entry. Reads no array: one may be closed meanwhile. */
    public static Map<ArrayKind, Integer> count() {
        Map<ArrayKind, Integer> counts = new EnumMap<>(ArrayKind.class);
        for (ArrayKind kind : ArrayKind.values()) {
            counts.put(kind, 0);
        }
        MANAGERS.forEach((manager, owned) ->
                counts.merge(owned.kind(), manager.getManagedArrays().size(), Integer::sum));
        return counts;
    }

    /** Now, of the kinds whose sizes are known; on whatever device they are. Reads no array either. */
    public static Map<ArrayKind, Long> bytes() {
        Map<ArrayKind, Long> bytes = new EnumMap<>(ArrayKind.class);
        LASTING.forEach(kind -> bytes.put(kind, 0L));
        MANAGERS.forEach((manager, owned) -> {
            if (manager.isOpen() && LASTING.contains(owned.kind())) {
                bytes.merge(owned.kind(), owned.bytes(), Long::sum);
            }
        });
        return bytes;
    }

    private record Owned(ArrayKind kind, long bytes) {}
}
