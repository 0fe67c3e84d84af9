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

    private static int caches() {
        return OpenArrays.count().getOrDefault(ArrayKind.CACHE, 0);
    }
}
