package dev.freshet.ops.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RoundsTest {
    private final List<String> taken = new ArrayList<>();
    private final List<String> lines = new ArrayList<>();

    @Test
    void takesTrialsInTurnAndThrowsWarmUpsAway() throws Exception {
        List<Series> series = new Rounds(1, 2).take(lines::add, trial("a"), trial("b"));

        assertThat(taken).containsExactly("a", "b", "a", "b", "a", "b");
        assertThat(series).extracting(Series::values).containsExactly(List.of(3.0, 5.0), List.of(4.0, 6.0));
    }

    @Test
    void tellsEachRoundInALine() throws Exception {
        new Rounds(1, 1).take(lines::add, trial("a"), trial("b"));

        assertThat(lines)
                .containsExactly(
                        "  warm-up  a 1.0000 things/s  b 2.0000 things/s",
                        "  round 1  a 3.0000 things/s  b 4.0000 things/s");
    }

    @Test
    void mustBeAtLeastOne() {
        assertThatThrownBy(() -> new Rounds(1, 0))
                .hasMessage("rounds must be at least 1, after at least 0 to warm up, were 0 after 1");
    }

    /** Measures how many trials there have been. */
    private Trial trial(String name) {
        return new Trial(name, "things/s", () -> {
            taken.add(name);
            return taken.size();
        });
    }
}
