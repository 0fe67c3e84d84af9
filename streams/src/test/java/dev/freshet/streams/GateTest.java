package dev.freshet.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class GateTest {
    private final AtomicBoolean credit = new AtomicBoolean(true);
    private final AtomicInteger passed = new AtomicInteger();
    private final StageActivity activity = new StageActivity(StageName.PROMPTS, () -> 0);
    private final Gate gate = new Gate(new Object(), activity, credit::get);

    @Test
    void anOpenGateLetsPassAtOnce() {
        assertThat(pass()).isCompletedWithValue(Optional.of(1));
        assertThat(pass()).isCompletedWithValue(Optional.of(2));
    }

    @Test
    void aClosedGateHoldsUntilItOpens() {
        gate.close();
        CompletionStage<Optional<Integer>> waiting = pass();
        assertThat(waiting).isNotDone();
        assertThat(passed).hasValue(0);
        assertThat(activity.snapshot().waiting()).contains(WaitReason.PAUSED);
        gate.open();
        assertThat(waiting).isCompletedWithValue(Optional.of(1));
    }

    @Test
    void lackOfCreditHoldsUntilThereIsSome() {
        credit.set(false);
        CompletionStage<Optional<Integer>> waiting = pass();
        assertThat(waiting).isNotDone();
        assertThat(activity.snapshot().waiting()).contains(WaitReason.WEIGHTS);
        gate.close();
        credit.set(true);
        gate.review();
        assertThat(waiting).isNotDone();
        gate.open();
        assertThat(waiting).isCompletedWithValue(Optional.of(1));
    }

    @Test
    void anEndedGateSendsEverybodyAway() {
        gate.close();
        CompletionStage<Optional<Integer>> waiting = pass();
        gate.end();
        assertThat(waiting).isCompletedWithValue(Optional.empty());
        assertThat(pass()).isCompletedWithValue(Optional.empty());
        gate.open();
        assertThat(pass()).isCompletedWithValue(Optional.empty());
        assertThat(passed).hasValue(0);
    }

    @Test
    void onlyOneMayWait() {
        gate.close();
        assertThat(pass()).isNotDone();
        assertThatThrownBy(this::pass).hasMessage("one waits at this gate already");
    }

    private CompletionStage<Optional<Integer>> pass() {
        return gate.pass(passed::incrementAndGet);
    }
}
