package dev.freshet.model.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.freshet.model.rollout.Prompt;
import dev.freshet.model.rollout.Tokens;
import dev.freshet.model.safetensors.TensorData;
import dev.freshet.model.task.Demonstration;
import dev.freshet.model.task.Task.Demonstrations;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

class WarmUpTest {
    private static final int SEPARATOR = 11;

    /** Say the letter before the separator, then stop. Without the separator attention could not tell the two letters apart. */
    private static final Demonstrations ECHO = index -> {
        int letter = (int) (index % 10) + 1;
        return new Demonstration(new Prompt("echo", Tokens.of(letter, SEPARATOR), ""), Tokens.of(letter, 0));
    };

    private static final WarmUp.Progress SILENT = (step, steps, loss, tokens) -> {};

    @Test
    void theLossFallsFromThatOfIgnoranceToThatOfKnowledge() throws Exception {
        List<Double> losses = new ArrayList<>();
        List<Long> tokens = new ArrayList<>();
        WarmUp.run(Toy.CONFIG, settings(150), ECHO, (step, steps, loss, seen) -> {
            assertThat(step).isEqualTo(losses.size() + 1);
            assertThat(steps).isEqualTo(150);
            losses.add(loss);
            tokens.add(seen);
        });
        assertThat(losses).hasSize(150);
        assertThat(losses.get(0)).isCloseTo(Math.log(Toy.VOCABULARY), within(0.5));
        assertThat(losses.get(149)).isLessThan(0.1);
        assertThat(tokens.get(149)).isEqualTo(150L * 22 * 3);
    }

    @Test
    void theSameSeedGivesTheSameWeights() throws Exception {
        List<TensorData> first = WarmUp.run(Toy.CONFIG, settings(5), ECHO, SILENT);
        assertThat(WarmUp.run(Toy.CONFIG, settings(5), ECHO, SILENT)).isEqualTo(first);
        WarmUpSettings otherSeed =
                WarmUpSettings.from(Toy.config("freshet.train.seed = 2", "freshet.warm-up { steps = 5, threads = 1 }"));
        assertThat(WarmUp.run(Toy.CONFIG, otherSeed, ECHO, SILENT)).isNotEqualTo(first);
    }

    @Test
    void noDemonstrationIsSeenTwice() throws Exception {
        Set<Long> seen = ConcurrentHashMap.newKeySet();
        WarmUp.run(
                Toy.CONFIG,
                settings(4),
                index -> {
                    assertThat(seen.add(index)).isTrue();
                    return ECHO.get(index);
                },
                SILENT);
        assertThat(seen).hasSize(4 * 22).contains(0L, 87L);
    }

    @Test
    void anInterruptEndsItAfterTheCurrentUpdate() {
        Thread caller = Thread.currentThread();
        List<Long> steps = new ArrayList<>();
        assertThatThrownBy(() -> WarmUp.run(Toy.CONFIG, settings(1_000_000), ECHO, (step, total, loss, tokens) -> {
                    steps.add(step);
                    if (step == 3) {
                        caller.interrupt();
                    }
                }))
                .isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isFalse();
        assertThat(steps).hasSizeGreaterThanOrEqualTo(3).hasSizeLessThan(1_000_000);
    }

    @Test
    void aLossThatIsNotFiniteEndsItWithARemedy() {
        WarmUpSettings settings = WarmUpSettings.from(
                Toy.config(
                        "freshet.warm-up { steps = 50, threads = 1, batch = 22, learning-rate = 1e30, learning-rate-warm-up-steps = 0 }"));
        assertThatThrownBy(() -> WarmUp.run(Toy.CONFIG, settings, ECHO, SILENT))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageMatching("warm-up's loss and gradient must be finite, were .* and .* at update \\d+; lower"
                        + " freshet.warm-up.learning-rate, was 1.0E30");
    }

    private static WarmUpSettings settings(int steps) {
        return WarmUpSettings.from(Toy.config(
                "freshet.warm-up { steps = " + steps + ", threads = 1, batch = 22, learning-rate = 1e-2 }",
                "freshet.train.micro-batch-tokens = 40"));
    }
}
