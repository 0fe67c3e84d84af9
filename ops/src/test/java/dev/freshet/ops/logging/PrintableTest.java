package dev.freshet.ops.logging;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrintableTest {
    @Test
    void whatATerminalObeysIsWrittenOut() {
        assertThat(Printable.of("a\u001b[2Jb\rc\u0007\u009b")).isEqualTo("a\\u001b[2Jb\\u000dc\\u0007\\u009b");
    }

    @Test
    void whatIsReadStays() {
        assertThat(Printable.of("x = 1\n\ty \u00e9 \ud83d\ude00")).isEqualTo("x = 1\n\ty \u00e9 \ud83d\ude00");
    }
}
