package dev.freshet.model.engine;

import ai.djl.ndarray.NDManager;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How many arrays of this process are open, by kind. Native memory belongs to the process and so does this count: it knows every
 * manager that {@link ComputeDevice#newManager} made until it is closed, so that one that was forgotten goes on being counted.
 * Tensors that only the engine holds, such as gradients and graphs, are no arrays. Thread-safe.
 */
public final class OpenArrays {
    private static final Map<NDManager, ArrayKind> MANAGERS = new ConcurrentHashMap<>();

    private OpenArrays() {}

    static NDManager counted(NDManager manager, ArrayKind kind) {
        MANAGERS.keySet().removeIf(known -> !known.isOpen());
        MANAGERS.put(manager, kind);
        return manager;
    }

    /** Now; every kind has an entry. Reads no array: one may be closed meanwhile. */
    public static Map<ArrayKind, Integer> count() {
        Map<ArrayKind, Integer> counts = new EnumMap<>(ArrayKind.class);
        for (ArrayKind kind : ArrayKind.values()) {
            counts.put(kind, 0);
        }
        MANAGERS.forEach(
                (manager, kind) -> counts.merge(kind, manager.getManagedArrays().size(), Integer::sum));
        return counts;
    }
}
