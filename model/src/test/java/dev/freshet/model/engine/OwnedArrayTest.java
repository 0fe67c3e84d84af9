package dev.freshet.model.engine;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
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

    @Test
    void eachTypeKeepsItsDigits() {
        try (NDManager manager = ComputeDevice.CPU.newManager(ArrayKind.OTHER)) {
            assertThat(OwnedArray.of(new float[] {0.1f, Float.NaN}, manager).toFloatArray())
                    .containsExactly(0.1f, Float.NaN);
            assertThat(OwnedArray.of(new double[] {0.1, -0.0}, manager).toDoubleArray())
                    .containsExactly(0.1, -0.0);
            assertThat(OwnedArray.of(new long[] {Long.MIN_VALUE, 7}, manager).toLongArray())
                    .containsExactly(Long.MIN_VALUE, 7);
            assertThat(OwnedArray.of(new float[0], manager).getShape()).isEqualTo(new Shape(0));
        }
    }

    /** All of one thread come through the same buffer. */
    @Test
    void aLaterArrayLeavesAnEarlierOneAsItIs() {
        try (NDManager manager = ComputeDevice.CPU.newManager(ArrayKind.OTHER)) {
            NDArray first = OwnedArray.of(new float[] {1, 2}, manager);
            NDArray longer = OwnedArray.of(new long[] {3, 4, 5}, manager);
            NDArray shorter = OwnedArray.of(new double[] {6}, manager);

            assertThat(first.toFloatArray()).containsExactly(1, 2);
            assertThat(longer.toLongArray()).containsExactly(3, 4, 5);
            assertThat(shorter.toDoubleArray()).containsExactly(6);
        }
    }

    @Test
    void manyLeaveNoBuffer() {
        try (NDManager manager = ComputeDevice.CPU.newManager(ArrayKind.OTHER)) {
            OwnedArray.of(new float[1000], manager).close();
            long before = JavaBuffers.settledCount();
            for (int i = 1; i <= 1000; i++) {
                OwnedArray.of(new float[i], manager).close();
            }
            assertThat(JavaBuffers.count()).isLessThanOrEqualTo(before);
        }
    }

    /** Else no model could be larger than the Java heap may become. */
    @Test
    void itsMemoryIsNotTheJvms() {
        try (NDManager manager = ComputeDevice.CPU.newManager(ArrayKind.OTHER)) {
            System.gc();
            long before = JavaBuffers.bytes();

            NDArray array = OwnedArray.of(new float[NUMBERS], new Shape(NUMBERS), manager);

            long deadline = System.nanoTime() + COLLECTED_WITHIN.toNanos();
            while (JavaBuffers.bytes() - before > BYTES / 2 && System.nanoTime() < deadline) {
                System.gc();
            }
            assertThat(array.size()).isEqualTo(NUMBERS);
            assertThat(JavaBuffers.bytes() - before).isLessThan(BYTES / 2);
        }
    }
}
