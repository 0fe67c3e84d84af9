package dev.freshet.model.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.model.rollout.LogProbs;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.rollout.RehearsalSequence;
import dev.freshet.model.rollout.Tokens;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RehearsalCycleTest {
    private static final List<RehearsalSequence> TEN = IntStream.range(0, 10)
            .mapToObj(token -> new RehearsalSequence(Tokens.of(1), Tokens.of(token), LogProbs.of(-1), 1))
            .toList();

    @Test
    void stepsTakeAllSequencesInTurnAndThenAgain() {
        RehearsalCycle cycle = RehearsalCycle.of(TEN, 7);
        List<RehearsalSequence> taken = new ArrayList<>();
        for (int version = 0; version < 5; version++) {
            taken.addAll(cycle.at(new PolicyVersion(version), 4));
        }
        assertThat(taken.subList(0, 10))
                .containsExactlyInAnyOrderElementsOf(TEN)
                .isNotEqualTo(TEN);
        assertThat(taken.subList(10, 20)).isEqualTo(taken.subList(0, 10));
    }

    @Test
    void aStepOfAResumedRunTakesWhatItWouldHaveTaken() {
        PolicyVersion version = new PolicyVersion(1_000_000_007);
        assertThat(RehearsalCycle.of(TEN, 7).at(version, 3))
                .isEqualTo(RehearsalCycle.of(TEN, 7).at(version, 3));
        assertThat(RehearsalCycle.of(TEN, 8).at(PolicyVersion.INITIAL, 10))
                .isNotEqualTo(RehearsalCycle.of(TEN, 7).at(PolicyVersion.INITIAL, 10));
    }

    @Test
    void aStepMayTakeMoreThanThereAre() {
        assertThat(RehearsalCycle.of(TEN.subList(0, 2), 1).at(PolicyVersion.INITIAL, 5))
                .hasSize(5)
                .containsOnly(TEN.get(0), TEN.get(1));
    }
}
