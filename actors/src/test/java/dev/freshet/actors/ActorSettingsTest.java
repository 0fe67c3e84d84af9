package dev.freshet.actors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ActorSettingsTest {
    @Test
    void hasTheDocumentedDefaults() {
        assertThat(Samples.settings(""))
                .isEqualTo(new ActorSettings(
                        false,
                        Duration.ofMinutes(5),
                        3,
                        3,
                        8,
                        Duration.ofSeconds(30),
                        16,
                        Duration.ofMinutes(5),
                        3,
                        Duration.ofMinutes(30),
                        Duration.ofSeconds(30),
                        20,
                        Optional.of(Duration.ofMinutes(10)),
                        2,
                        3));
    }

    @Test
    void readsEveryKey() {
        ActorSettings settings = Samples.settings("""
                freshet.deterministic = true
                freshet.actors.generate-timeout = 1 s
                freshet.actors.generate-attempts = 2
                freshet.actors.generate-hung-limit = 3
                freshet.actors.verify-threads = 4
                freshet.actors.verify-deadline = 5 s
                freshet.actors.verify-hung-limit = 6
                freshet.actors.score-timeout = 7 s
                freshet.actors.score-hung-limit = 13
                freshet.actors.learn-timeout = 8 s
                freshet.actors.command-timeout = 9 s
                freshet.checkpoint.interval = 10
                freshet.checkpoint.every = off
                freshet.run.rollouts-per-step = 11
                freshet.train.max-nonfinite-steps = 12
                """);

        assertThat(settings)
                .isEqualTo(new ActorSettings(
                        true,
                        Duration.ofSeconds(1),
                        2,
                        3,
                        4,
                        Duration.ofSeconds(5),
                        6,
                        Duration.ofSeconds(7),
                        13,
                        Duration.ofSeconds(8),
                        Duration.ofSeconds(9),
                        10,
                        Optional.empty(),
                        11,
                        12));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    freshet.actors.generate-timeout = 5      | generate-timeout must be at least 1 s, was PT0.005S (freshet.actors.generate-timeout)
                    freshet.actors.learn-timeout = 101 days  | learn-timeout must be more than 0 and at most 100 days, was PT2424H (freshet.actors.learn-timeout)
                    freshet.actors.verify-deadline = -1 s    | verify-deadline must be more than 0 and at most 100 days, was PT-1S (freshet.actors.verify-deadline)
                    freshet.actors.score-hung-limit = 0      | score-hung-limit must be at least 1, was 0 (freshet.actors.score-hung-limit)
                    freshet.actors.score-timeout = 999 ms    | score-timeout must be at least 1 s, was PT0.999S (freshet.actors.score-timeout)
                    freshet.actors.command-timeout = 0 s     | command-timeout must be more than 0 and at most 100 days, was PT0S (freshet.actors.command-timeout)
                    freshet.actors.generate-attempts = 0     | generate-attempts must be at least 1, was 0 (freshet.actors.generate-attempts)
                    freshet.actors.generate-hung-limit = 0   | generate-hung-limit must be at least 1, was 0 (freshet.actors.generate-hung-limit)
                    freshet.actors.verify-threads = 0        | verify-threads must be at least 1, was 0 (freshet.actors.verify-threads)
                    freshet.actors.verify-hung-limit = 0     | verify-hung-limit must be at least 1, was 0 (freshet.actors.verify-hung-limit)
                    freshet.checkpoint.every = 0 s           | every must be more than 0 and at most 100 days, was PT0S (freshet.checkpoint.every)
                    freshet.checkpoint.interval = -1         | interval must be at least 0, was -1 (freshet.checkpoint.interval)
                    freshet.run.rollouts-per-step = -1       | rollouts-per-step must be at least 0, was -1 (freshet.run.rollouts-per-step)
                    freshet.train.max-nonfinite-steps = 0    | max-nonfinite-steps must be at least 1, was 0 (freshet.train.max-nonfinite-steps)
                    """)
    void refusesWhatIsOutOfRange(String changed, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Samples.settings(changed))
                .withMessage(message);
    }
}
