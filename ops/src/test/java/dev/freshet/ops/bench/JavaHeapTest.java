package dev.freshet.ops.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class JavaHeapTest {
    @Test
    void isRefusedUnlessItIsOfOneSizeAndTouched() {
        assertThatCode(() -> new JavaHeap(64, 64, true).requireFixed()).doesNotThrowAnyException();
        assertThatThrownBy(() -> new JavaHeap(16, 64, true).requireFixed())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the heap must be of one size, and touched, for the growth of other memory to be seen,"
                        + " was of 16 to 64 bytes and touched;"
                        + " set FRESHET_JAVA_OPTIONS=\"-XX:+UseSerialGC -Xms64 -XX:+AlwaysPreTouch\"");
        assertThatThrownBy(() -> new JavaHeap(64, 64, false).requireFixed())
                .hasMessageContaining("was of 64 to 64 bytes and not touched");
    }

    @Test
    void isWhatThisMachineSays() {
        JavaHeap heap = JavaHeap.here();

        assertThat(heap.initialBytes()).isBetween(1L, heap.maxBytes());
        assertThat(heap.maxBytes()).isGreaterThanOrEqualTo(Runtime.getRuntime().maxMemory());
    }
}
