package dev.freshet.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.ops.Samples;
import dev.freshet.streams.Asker;
import dev.freshet.streams.ChangeOrigin;
import dev.freshet.streams.DropReason;
import dev.freshet.streams.EvaluationMeasures;
import dev.freshet.streams.PipelineEvent;
import dev.freshet.streams.PipelineEvent.CheckpointWritten;
import dev.freshet.streams.PipelineEvent.DivergenceSwitched;
import dev.freshet.streams.PipelineEvent.EvaluationCompleted;
import dev.freshet.streams.PipelineEvent.GroupDropped;
import dev.freshet.streams.PipelineEvent.PartLeftOut;
import dev.freshet.streams.PipelineEvent.PartRestarted;
import dev.freshet.streams.PipelineEvent.RunFinished;
import dev.freshet.streams.PipelineEvent.RunStarted;
import dev.freshet.streams.PipelineEvent.StateChanged;
import dev.freshet.streams.PipelineEvent.StepTrained;
import dev.freshet.streams.PipelineEvent.WarmUpProgressed;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProgressDisplayTest {
    private static final String CLEAR = "\r\u001b[K";

    private final StringWriter text = new StringWriter();
    private final HandClock clock = new HandClock();

    @Test
    void aRunReadsAsALogWhereThereIsNoTerminal() {
        ProgressDisplay display = display(0);
        display.accept(new RunStarted("sample", "1.2.3", 7, 3, 2, -1));
        display.accept(new WarmUpProgressed(1, 4, 2.5, 1000));
        after(display, 1, new WarmUpProgressed(2, 4, 2.0, 2000));
        after(display, 10, new WarmUpProgressed(3, 4, 1.0, 2000));
        after(display, 1, new WarmUpProgressed(4, 4, 0.5, 12_345));
        after(
                display,
                1,
                new EvaluationCompleted(
                        "held_out",
                        PolicyVersion.INITIAL,
                        500,
                        8,
                        Map.of(8, 0.93, 1, 0.61),
                        0.6,
                        1.5,
                        12,
                        Asker.RUN,
                        EvaluationMeasures.NONE));
        display.accept(new StateChanged("starting", "running", "warmed up"));
        after(display, 1, Samples.trained(1));
        after(display, 1, Samples.trained(2));
        after(display, 1, Samples.trained(3));
        display.accept(new RunFinished(new PolicyVersion(3), "done", Samples.COUNTS));
        assertThat(text.toString().lines())
                .containsExactly(
                        "run sample starts: 3 steps, seed 7, staleness at most 2",
                        "warm-up [#####---------------]  1/4  loss 2.500  1,000 tokens/s",
                        "warm-up [###############-----]  3/4  2 s left  loss 1.000  2,000 tokens/s",
                        "warm-up [####################]  4/4  0 s left  loss 0.500  12,345 tokens/s",
                        "held_out at v0: pass@1 0.610  pass@8 0.930  (500 prompts)",
                        "running: warmed up",
                        "step 1/3  reward 0.625  pass@1 0.609  js 0.0131  entropy 0.421  staleness 2  512 rollouts/s"
                                + "  9,877 tokens/s",
                        "step 3/3  0 s left  reward 0.625  pass@1 0.609  js 0.0131  entropy 0.421  staleness 2"
                                + "  512 rollouts/s  9,877 tokens/s",
                        "done at v3: 96 groups trained of 120 admitted");
    }

    @Test
    void aTerminalShowsOneLineThatChangesAndOthersAboveIt() {
        ProgressDisplay display = display(52);
        display.accept(new RunStarted("sample", "1.2.3", 7, 100, 2, 9));
        display.accept(Samples.trained(10));
        display.accept(new CheckpointWritten(new PolicyVersion(10), "checkpoints/step-000010", 1, 0, 0));
        after(display, 2, Samples.trained(11));
        display.accept(new RunFinished(new PolicyVersion(11), "drained", Samples.COUNTS));
        assertThat(text.toString().split(System.lineSeparator(), -1))
                .containsExactly(
                        CLEAR + "run sample goes on from v9: 100 steps, seed 7, staleness at most 2",
                        CLEAR + "step 10/100  reward 0.625  pass@1 0.609  js 0.0131" + CLEAR
                                + "checkpoint of v10: checkpoints/step-000010",
                        "step 10/100  reward 0.625  pass@1 0.609  js 0.0131" + CLEAR
                                + "step 11/100  2 min 58 s left  reward 0.625",
                        CLEAR + "drained at v11: 96 groups trained of 120 admitted",
                        "");
    }

    @Test
    void aRunThatEndsWithoutAWordLeavesItsLineWhole() {
        ProgressDisplay display = display(30);
        display.accept(Samples.trained(1));
        display.close();
        display.close();
        assertThat(text.toString()).isEqualTo(CLEAR + "step 1/0  reward 0.625" + System.lineSeparator());
    }

    @Test
    void aFastRunIsNotRedrawnForEachStep() {
        ProgressDisplay display = display(200);
        display.accept(new RunStarted("sample", "1.2.3", 7, 100, 2, -1));
        for (int version = 1; version <= 50; version++) {
            clock.advance(Duration.ofMillis(10));
            display.accept(Samples.trained(version));
        }
        assertThat(text.toString().split("step ", -1)).hasSize(1 + 5);
    }

    @Test
    void aPauseIsForgottenByTheTimeLeft() {
        RemainingTime time = new RemainingTime(clock);
        assertThat(time.after(1, 1000)).isEmpty();
        clock.advance(Duration.ofHours(1));
        assertThat(time.after(2, 1000)).contains("998 h 00 min left");
        for (int step = 3; step < 200; step++) {
            clock.advance(Duration.ofSeconds(1));
            assertThat(time.after(step, 1000)).isPresent();
        }
        clock.advance(Duration.ofSeconds(1));
        assertThat(time.after(200, 1000)).contains("13 min 20 s left");
    }

    @Test
    void whatGoesWrongIsSaid() {
        ProgressDisplay display = display(0);
        display.accept(new PartRestarted("generator-1", "out of slots"));
        display.accept(new PartLeftOut("generator-1", "it hangs"));
        display.accept(new GroupDropped(1, DropReason.NO_SIGNAL, "every group with equal rewards would be a line"));
        display.accept(new DivergenceSwitched("js", 0.02, "none", 0.02, new PolicyVersion(8), ChangeOrigin.COMMAND));
        display.accept(new StepTrained(Samples.step(8, "none", Double.NaN), Samples.COUNTS, 1, 1, 1));
        assertThat(text.toString().lines())
                .containsExactly(
                        "generator-1 failed and was restarted: out of slots",
                        "generator-1 is left out from now on: it hangs",
                        "divergence none (coefficient 0.02) from v8 on, was js (0.02)",
                        "step 8/0  reward 0.625  pass@1 0.609  none  entropy 0.421  staleness 2  1 rollouts/s  1 tokens/s");
    }

    private ProgressDisplay display(int columns) {
        return new ProgressDisplay(new Terminal(new PrintWriter(text), columns, clock), clock);
    }

    private void after(ProgressDisplay display, long seconds, PipelineEvent event) {
        clock.advance(Duration.ofSeconds(seconds));
        display.accept(event);
    }

    /** Moves only when told to. */
    private static final class HandClock extends Clock {
        private Instant now = Instant.EPOCH;

        void advance(Duration duration) {
            now = now.plus(duration);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
