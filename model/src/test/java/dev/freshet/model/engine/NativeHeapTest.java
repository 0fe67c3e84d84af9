package dev.freshet.model.engine;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class NativeHeapTest {
    /** Below the size from which glibc asks the system for each array alone. */
    private static final int ARRAYS = 400;

    private static final int FLOATS = 16 * 1024;

    private final NativeHeap heap = NativeHeap.ofThisSystem().orElseThrow();

    @Test
    void tensorsInUseAreCounted() {
        long before = heap.use().allocated();
        try (NDManager owner = NDManager.newBaseManager()) {
            for (int i = 0; i < ARRAYS; i++) {
                owner.zeros(new Shape(FLOATS));
            }
            assertThat(heap.use().allocated() - before).isGreaterThan(ARRAYS * FLOATS * 2L);
        }
    }

    @Test
    void trimmingTakesNothingThatIsInUse() {
        try (NDManager owner = NDManager.newBaseManager()) {
            var array = owner.ones(new Shape(FLOATS));

            heap.trim();

            assertThat(array.sum().getFloat()).isEqualTo(FLOATS);
        }
    }
}
