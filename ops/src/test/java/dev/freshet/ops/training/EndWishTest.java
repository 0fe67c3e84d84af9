package dev.freshet.ops.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.actors.RunControl.StopMode;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class EndWishTest {
    private final EndWish wish = new EndWish();

    @Test
    void interruptsWhatMayBeGivenUp() {
        assertThatThrownBy(() -> wish.interruptible(() -> {
                    wish.add(StopMode.DRAIN);
                    return new CompletableFuture<String>().get();
                }))
                .isInstanceOf(InterruptedException.class);
    }

    @Test
    void aFailureAfterTheWishTellsNothing() {
        assertThatThrownBy(() -> wish.interruptible(() -> {
                    wish.add(StopMode.DRAIN);
                    throw new IllegalStateException("could not be read: ClosedByInterruptException");
                }))
                .isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void whoWantsToBeToldIsToldOfEachWishAndAtOnceOfOneThatIsThere() {
        AtomicInteger told = new AtomicInteger();
        wish.tell(told::incrementAndGet);
        assertThat(told).hasValue(0);
        wish.add(StopMode.DRAIN);
        wish.add(StopMode.NOW);
        assertThat(told).hasValue(2);
        wish.tell(() -> told.addAndGet(10));
        assertThat(told).hasValue(12);
    }

    @Test
    void aFailureWithoutTheWishIsAFailure() {
        assertThatThrownBy(() -> wish.interruptible(() -> {
                    throw new IllegalStateException("no memory");
                }))
                .hasMessage("no memory");
    }

    @Test
    void leavesNoInterruptBehindAndIsRemembered() throws Exception {
        String result = wish.interruptible(() -> {
            wish.add(StopMode.DRAIN);
            return "done";
        });
        assertThat(result).isEqualTo("done");
        assertThat(Thread.interrupted()).isFalse();
        assertThat(wish.mode()).contains(StopMode.DRAIN);
        assertThatThrownBy(() -> wish.interruptible(() -> "not begun")).isInstanceOf(InterruptedException.class);
    }

    @Test
    void disturbsNothingElse() {
        wish.add(StopMode.DRAIN);
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void canOnlyBecomeMorePressing() {
        wish.add(StopMode.DRAIN);
        wish.add(StopMode.NOW);
        wish.add(StopMode.DRAIN);
        assertThat(wish.mode()).contains(StopMode.NOW);
    }
}
