package dev.freshet.ops.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.ops.bench.KillMoment.Trigger;
import dev.freshet.ops.bench.KilledRun.Kill;
import dev.freshet.ops.bench.RecoveryTrial.Outcome;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RecoveryBenchmarkTest {
    @Test
    void manyKillsOfWhichNoneFellWhileACheckpointWasWrittenShowTooLittle() {
        List<Kill> kills = Collections.nCopies(50, kill(KillPhase.TRAINING));
        assertThat(violations(50, kills))
                .containsExactly(
                        "deterministic: of 50 kills at least 2 must fall while a checkpoint is written, fell 0");
    }

    @Test
    void someThatDidAreEnoughAndOfFewKillsNoneHasTo() {
        Kill hit = kill(KillPhase.CHECKPOINT);
        assertThat(violations(50, List.of(hit, kill(KillPhase.WARM_UP), hit))).isEmpty();
        assertThat(violations(3, List.of(kill(KillPhase.ENDING)))).isEmpty();
    }

    @Test
    void ofManyRunsThatAreSteeredOneHasToAnswer() {
        Outcome silent =
                new Outcome(List.of(kill(KillPhase.ENDING)), List.of(), Optional.empty(), Duration.ofSeconds(9), 0);
        Outcome answered =
                new Outcome(List.of(kill(KillPhase.ENDING)), List.of(), Optional.empty(), Duration.ofSeconds(9), 3);
        assertThat(RecoveryBenchmark.survived("asynchronous", true, 8, List.of(silent, silent), 1)
                        .violations())
                .containsExactly("asynchronous: of 8 kills' runs at least one must answer a switch, none did");
        assertThat(RecoveryBenchmark.survived("asynchronous", true, 8, List.of(silent, answered), 1)
                        .violations())
                .isEmpty();
        assertThat(RecoveryBenchmark.survived("asynchronous", true, 1, List.of(silent), 1)
                        .violations())
                .isEmpty();
    }

    private static List<String> violations(int kills, List<Kill> hits) {
        Outcome outcome = new Outcome(hits, List.of(), Optional.empty(), Duration.ofSeconds(9), 0);
        return RecoveryBenchmark.survived("deterministic", false, kills, List.of(outcome), 1)
                .violations();
    }

    private static Kill kill(KillPhase phase) {
        KillMoment moment = new KillMoment(Trigger.CHECKPOINT, 1, Duration.ZERO);
        return new Kill("killed-1", 1, moment, phase, 3, Duration.ofSeconds(1));
    }
}
