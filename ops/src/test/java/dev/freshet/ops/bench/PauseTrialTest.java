package dev.freshet.ops.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.ops.bench.PauseTrial.Chunks;
import dev.freshet.ops.bench.PauseTrial.Findings;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PauseTrialTest {
    @Test
    void aChunkThatWasRunningMayEndAndNoOtherMayBegin() {
        assertThat(violations(new Chunks(1, 1))).isEmpty();
        assertThat(violations(new Chunks(2, 1)))
                .containsExactly("after a command to pause now at most 1 chunks may end, ended 2");
        assertThat(violations(new Chunks(1, 2)))
                .containsExactly("a generator that is told to halt must end at most 1 chunk, ended 2");
    }

    @Test
    void aRunThatIsPausedNowSamplesNoMoreThanThat() throws Exception {
        Findings found = new PauseTrial(
                        Quickstart.config(
                                "freshet.train.batch-groups=8",
                                "freshet.generation.slots=64",
                                "freshet.generation.chunk=1"),
                        3,
                        Duration.ofMillis(200),
                        new SplittableRandom(1))
                .take();
        assertThat(found.most().afterHalt()).isBetween(0, 1);
        assertThat(found.toLastToken().count()).isEqualTo(3);
    }

    private static List<String> violations(Chunks most) {
        Latencies toLastToken = new Latencies();
        toLastToken.add(Duration.ofMillis(3));
        return new Findings(toLastToken, most).result(1).violations();
    }
}
