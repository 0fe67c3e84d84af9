package dev.freshet.model.learning;

import ai.djl.engine.Engine;
import ai.djl.ndarray.BaseNDManager;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.lang.reflect.Field;
import java.util.List;
import java.util.Map;

/** Counts the native arrays that some manager of this process still owns. */
public final class OpenArrays {
    private OpenArrays() {}

    public static long count() throws ReflectiveOperationException {
        try (NDManager any = Engine.getEngine("PyTorch").newBaseManager()) {
            return count(any.getParentManager());
        }
    }

    private static long count(NDManager manager) throws ReflectiveOperationException {
        // DJL has no public way to see the managers below a manager.
        Field resources = BaseNDManager.class.getDeclaredField("resources");
        resources.setAccessible(true);
        long open = 0;
        for (Object owned : List.copyOf(((Map<?, ?>) resources.get(manager)).values())) {
            if (owned instanceof NDManager child) {
                open += count(child);
            } else if (owned instanceof NDArray) {
                open++;
            }
        }
        return open;
    }
}
