package dev.freshet.ops.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CpuTimesTest {
    @Test
    void whatWasStolenIsAShareOfAllThatPassed() {
        CpuTimes then = CpuTimes.parse("cpu  100 0 20 800 5 0 5 70 11 12\ncpu0 1 2 3 4 5 6 7 8 9 10\n");
        assertThat(then).isEqualTo(new CpuTimes(70, 1000));
        assertThat(new CpuTimes(120, 1200).stolenShareSince(then)).isEqualTo(0.25);
        assertThat(then.stolenShareSince(then)).isZero();
    }

    @Test
    void aSystemThatDoesNotTellHasNoneStolen() {
        assertThat(CpuTimes.parse("")).isEqualTo(new CpuTimes(0, 0));
    }
}
