package dev.freshet.model.engine;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import org.junit.jupiter.api.Test;

class OpenArraysTest {
    @Test
    void areCountedByKindDownToTheLastManagerUntilTheyClose() {
        int before = caches();
        try (NDManager manager = ComputeDevice.CPU.newManager(ArrayKind.CACHE)) {
            manager.zeros(new Shape(2));
            try (NDManager part = manager.newSubManager()) {
                part.zeros(new Shape(3)).add(1f);
                assertThat(caches()).isEqualTo(before + 3);
            }
            assertThat(caches()).isEqualTo(before + 1);
        }
        assertThat(caches()).isEqualTo(before);
    }

    @Test
    void haveAnEntryForEveryKind() {
        assertThat(OpenArrays.count()).containsOnlyKeys(ArrayKind.values());
    }

    @Test
    void takeUpWhatTheirOwnerSaidUntilItCloses() {
        long before = bytes(ArrayKind.CACHE);
        try (NDManager manager = ComputeDevice.CPU.newManager(ArrayKind.CACHE, 24)) {
            manager.zeros(new Shape(2, 3));
            assertThat(bytes(ArrayKind.CACHE)).isEqualTo(before + 24);
        }
        assertThat(bytes(ArrayKind.CACHE)).isEqualTo(before);
        assertThat(OpenArrays.bytes()).doesNotContainKeys(ArrayKind.SAMPLING, ArrayKind.BATCH, ArrayKind.DECODING);
    }

    private static long bytes(ArrayKind kind) {
        return OpenArrays.bytes().getOrDefault(kind, 0L);
    }

    private static int caches() {
        return OpenArrays.count().getOrDefault(ArrayKind.CACHE, 0);
    }
}
