package dev.freshet.ops.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import dev.freshet.actors.ActorSettings;
import dev.freshet.actors.RunState;
import dev.freshet.actors.RunStatus;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.ops.Samples;
import dev.freshet.ops.run.RunEvents;
import dev.freshet.streams.Asker;
import dev.freshet.streams.EvaluationMeasures;
import dev.freshet.streams.PipelineEvent.EvaluationCompleted;
import dev.freshet.streams.PipelineEvent.PartRestarted;
import dev.freshet.streams.PipelineEvent.ReferenceScored;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class ServiceWatchTest {
    private static final Duration DEADLINE = Duration.ofMinutes(60);

    @TempDir
    private Path folder;

    private final AtomicLong nanoTime = new AtomicLong();
    private final List<String> told = new ArrayList<>();
    private RunState state = RunState.RUNNING;

    @Test
    void aRunThatGetsOnIsReportedAliveAndOneThatDoesNotIsNot() {
        try (ServiceWatch watch = watch(this::status)) {
            watch.look();
            assertThat(last()).startsWith("WATCHDOG=1\nSTATUS=running at v");

            pass(Duration.ofMinutes(59));
            watch.accept(RunEvents.step(1));
            pass(Duration.ofMinutes(59));
            watch.look();
            assertThat(last()).startsWith("WATCHDOG=1\n");

            watch.accept(new PartRestarted("generator-0", "again and again"));
            watch.accept(evaluation(Asker.CALLER));
            pass(Duration.ofMinutes(2));
            watch.look();
            assertThat(last()).startsWith("STATUS=no progress for 61 min, the watchdog is not told; running at v");

            watch.accept(evaluation(Asker.RUN));
            watch.look();
            assertThat(last()).startsWith("WATCHDOG=1\n");

            pass(Duration.ofMinutes(59));
            watch.accept(new ReferenceScored(10_000, 1_000_000));
            pass(Duration.ofMinutes(59));
            watch.look();
            assertThat(last())
                    .as("a large dataset is scored before the first step")
                    .startsWith("WATCHDOG=1\n");
        }
    }

    @Test
    void aPauseMayLastAndTheTimeInItIsNotHeldAgainstTheRun() {
        try (ServiceWatch watch = watch(this::status)) {
            state = RunState.PAUSED;
            pass(Duration.ofDays(3));
            watch.look();
            assertThat(last()).startsWith("WATCHDOG=1\nSTATUS=paused");
            state = RunState.RUNNING;
            pass(Duration.ofMinutes(59));
            watch.look();
            assertThat(last()).startsWith("WATCHDOG=1\nSTATUS=running");
        }
    }

    @Test
    void aRunThatDoesNotAnswerIsNotReportedAlive() {
        try (ServiceWatch watch = watch(CompletableFuture::new)) {
            watch.look();
            assertThat(last()).isEqualTo("STATUS=does not answer: the watchdog is not told");
        }
    }

    @Test
    void tellsOverARealSocketThatItIsReadyAliveAndStopping() {
        Path path = folder.resolve("notify");
        try (NotifiedSystemd systemd = new NotifiedSystemd(path.toString(), 10);
                ServiceWatch watch = ServiceWatch.start(
                        Map.of("NOTIFY_SOCKET", path.toString(), "WATCHDOG_USEC", "200000"),
                        this::status,
                        new ServiceSettings(DEADLINE, Optional.empty(), Optional.empty()),
                        nanoTime::get)) {
            assertThat(systemd.next()).isEqualTo("READY=1");
            assertThat(systemd.next()).startsWith("WATCHDOG=1\n");
            assertThat(systemd.next()).as("within half of 200 ms").startsWith("WATCHDOG=1\n");
            watch.stopping();
            String next = systemd.next();
            while (next.startsWith("WATCHDOG=1\n")) {
                next = systemd.next();
            }
            assertThat(next).isEqualTo("STOPPING=1");
        }
    }

    @Test
    void reachesAbstractSocketsAndSaysWhenNobodyListens() throws IOException {
        String name = "@freshet-test-" + ProcessHandle.current().pid();
        try (NotifiedSystemd systemd = new NotifiedSystemd(name, 10)) {
            NotifySocket.at(name).tell("STATUS=\u00fcber");
            assertThat(systemd.next()).isEqualTo("STATUS=\u00fcber");
        }
        assertThatThrownBy(() -> NotifySocket.at(name).tell("READY=1"))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("the service manager cannot be told: ");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NotifySocket.at("relative"))
                .withMessage("NOTIFY_SOCKET must be an absolute path or @name of at most 107 bytes, was \"relative\"");
    }

    @Test
    void withoutSystemdNothingIsAskedOrTold() {
        Supplier<CompletionStage<RunStatus>> nobody = () -> {
            throw new AssertionError("asked");
        };
        try (ServiceWatch watch = ServiceWatch.start(
                Map.of(), nobody, new ServiceSettings(DEADLINE, Optional.empty(), Optional.empty()), nanoTime::get)) {
            watch.stopping();
        }
    }

    @Test
    void theDeadlineIsTwiceThatOfAStepUnlessSetAndNeverLess() {
        assertThat(settings("auto").progressDeadline()).isEqualTo(Duration.ofHours(1));
        assertThat(settings("31 minutes").progressDeadline()).isEqualTo(Duration.ofMinutes(31));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings("5 minutes"))
                .withMessage(
                        "progress-deadline must be auto or at least the time that one step or one evaluation may take, 1800 s"
                                + " (freshet.actors.learn-timeout, freshet.evaluation.timeout), was 300 s (freshet.service.progress-deadline)");
    }

    private static EvaluationCompleted evaluation(Asker askedBy) {
        return new EvaluationCompleted(
                "held_out",
                new PolicyVersion(1),
                256,
                16,
                Map.of(1, 0.5),
                0.5,
                1.5,
                2,
                askedBy,
                EvaluationMeasures.NONE);
    }

    private static ServiceSettings settings(String deadline) {
        var config = ConfigFactory.parseString("freshet.service.progress-deadline = \"" + deadline + "\"")
                .withFallback(ConfigFactory.defaultReference())
                .resolve();
        return ServiceSettings.from(config, ActorSettings.from(config));
    }

    private ServiceWatch watch(Supplier<CompletionStage<RunStatus>> status) {
        return new ServiceWatch(told::add, status, DEADLINE, Duration.ofMillis(100), nanoTime::get);
    }

    private CompletionStage<RunStatus> status() {
        return CompletableFuture.completedFuture(Samples.in(state));
    }

    private String last() {
        return told.get(told.size() - 1);
    }

    private void pass(Duration time) {
        nanoTime.addAndGet(time.toNanos());
    }
}
