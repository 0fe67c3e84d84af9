package dev.freshet.model.engine;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class OwnedArrayTest {
    private static final int NUMBERS = 16 << 20;
    private static final long BYTES = (long) NUMBERS * Float.BYTES;
    private static final Duration COLLECTED_WITHIN = Duration.ofSeconds(20);

    @Test
    void hasTheValuesInTheirShape() {
        try (NDManager manager = ComputeDevice.CPU.newManager(ArrayKind.OTHER)) {
            NDArray array = OwnedArray.of(new float[] {1, 2, 3, 4, 5, 6}, new Shape(2, 3), manager);

            assertThat(array.getShape()).isEqualTo(new Shape(2, 3));
            assertThat(array.toFloatArray()).containsExactly(1, 2, 3, 4, 5, 6);
            assertThat(array.getManager()).isSameAs(manager);
        }
    }

    /** Else no model could be larger than the Java heap may become. */
    @Test
    void itsMemoryIsNotTheJvms() {
        try (NDManager manager = ComputeDevice.CPU.newManager(ArrayKind.OTHER)) {
            System.gc();
            long before = direct().getMemoryUsed();

            NDArray array = OwnedArray.of(new float[NUMBERS], new Shape(NUMBERS), manager);

            long deadline = System.nanoTime() + COLLECTED_WITHIN.toNanos();
            while (direct().getMemoryUsed() - before > BYTES / 2 && System.nanoTime() < deadline) {
                System.gc();
            }
            assertThat(array.size()).isEqualTo(NUMBERS);
            assertThat(direct().getMemoryUsed() - before).isLessThan(BYTES / 2);
        }
    }

    private static BufferPoolMXBean direct() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .findFirst()
                .orElseThrow();
    }
}
