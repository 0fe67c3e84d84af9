package dev.freshet.ops.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LatenciesTest {
    @Test
    void tellTheirPercentilesInMilliseconds() {
        Latencies latencies = new Latencies();
        assertThat(latencies.quantile(0.5)).isNaN();
        IntStream.rangeClosed(1, 200).map(i -> 201 - i).forEach(i -> latencies.add(Duration.ofMillis(i)));

        assertThat(latencies.quantile(0)).isEqualTo(1);
        assertThat(latencies.quantile(0.5)).isEqualTo(100);
        Result result = latencies.result("latency", Map.of("command", "pause"));

        assertThat(result.value()).isEqualTo(198);
        assertThat(result.extra()).containsEntry("max", 200.0).containsEntry("count", 200);
    }
}
