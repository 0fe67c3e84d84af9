package dev.freshet.ops.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import dev.freshet.actors.ActorSettings;
import dev.freshet.ops.cli.SettingsLoader;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MemoryTrimTest {
    @Test
    void doesBothAgainAndAgain() throws Exception {
        CountDownLatch trims = new CountDownLatch(3);
        CountDownLatch collections = new CountDownLatch(3);
        try (MemoryTrim trim = new MemoryTrim()) {
            trim.every(Duration.ofMillis(1), trims::countDown);
            trim.every(Duration.ofMillis(2), collections::countDown);
            assertThat(trims.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(collections.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void theIntervalIsASecondAtLeastOrOff() {
        assertThat(settings("60 s").trimInterval()).contains(Duration.ofMinutes(1));
        assertThat(settings("off").trimInterval()).isEmpty();
        assertThat(settings("off").collectInterval()).contains(Duration.ofMinutes(5));
        assertThatThrownBy(() -> settings("10 ms"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("trim-interval must be off or at least 1 s, was 10 ms (freshet.service.trim-interval)");
    }

    private static ServiceSettings settings(String interval) {
        Config config = new SettingsLoader().defaults(List.of("freshet.service.trim-interval=" + interval));
        return ServiceSettings.from(config, ActorSettings.from(config));
    }
}
