package dev.freshet.ops.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.actors.RunControl.PauseMode;
import dev.freshet.actors.RunStatus;
import dev.freshet.ops.control.ControlClient;
import dev.freshet.ops.control.ControlClient.WatchMode;
import dev.freshet.ops.control.ControlException;
import dev.freshet.ops.control.Endpoint;
import dev.freshet.ops.control.PolicyClient;
import dev.freshet.ops.control.PolicySample;
import dev.freshet.ops.run.JournalLine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What callers see of a run in a process of its own, over a real socket. */
class ObservedRunIT {
    private static final Pattern CONTROL = Pattern.compile("control on /([0-9.:]+)");
    private static final PolicySample.Order ORDER = new PolicySample.Order("07+35=", 4, OptionalDouble.empty());

    @TempDir
    private Path directory;

    @Test
    @Timeout(300)
    void isSampledMeasuredAndFollowedWhileItTrainsWhilePausedAndAcrossAResume() throws Exception {
        Path run = directory.resolve("run");
        List<JournalLine> seen = new ArrayList<>();
        try (FreshetProcess training = FreshetProcess.start(
                directory.resolve("train.txt"),
                SmallRun.train(run, "freshet.train.steps=100000", "freshet.warm-up.steps=400"))) {
            training.await("the warm-up", () -> SmallRun.events(run, "WarmUpProgressed") > 0);
            try (ControlClient client = client(training)) {
                CompletableFuture<List<JournalLine>> followed = follow(client, 1);
                PolicyClient policy = new PolicyClient(client);
                assertThatThrownBy(() -> policy.sample(ORDER))
                        .isInstanceOf(ControlException.class)
                        .hasMessageStartingWith("the run is still starting and has no weights yet");
                training.await("the first step", () -> SmallRun.events(run, "StepTrained") > 0);
                assertThat(policy.sample(ORDER).completions()).hasSize(4);

                RunStatus paused = client.pause(PauseMode.NOW);
                long evaluations = SmallRun.events(run, "EvaluationCompleted");
                assertThat(policy.sample(ORDER).version()).isEqualTo(paused.version());
                PolicyClient.Measured measured = policy.evaluate("");
                assertThat(measured.version()).isEqualTo(paused.version());
                assertThat(measured.prompts()).isEqualTo(16);
                assertThat(SmallRun.events(run, "EvaluationCompleted")).isEqualTo(evaluations + 1);
                assertThat(client.status()).isEqualTo(paused);
                training.await("health to be looked at again", () -> client.serves("learner"));
                client.resume();

                training.terminate();
                assertThat(training.exitCode()).as(training.printed()).isZero();
                seen.addAll(followed.get(60, TimeUnit.SECONDS));
            }
        }
        assertThat(seen).extracting(JournalLine::type).contains("RunFinished");
        long last = seen.get(seen.size() - 1).sequence();
        assertThat(seen)
                .extracting(JournalLine::sequence)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, last).boxed().toList());

        try (FreshetProcess resumed = FreshetProcess.start(
                directory.resolve("resumed.txt"), "train", "--resume", "--run-dir", run.toString())) {
            resumed.await("its journal", () -> SmallRun.events(run, "JournalOpened") > 1);
            resumed.await("a step", () -> SmallRun.events(run, "GroupsTakenBack") > 0);
            try (ControlClient client = client(resumed)) {
                List<JournalLine> first = new ArrayList<>();
                client.events(last + 1, WatchMode.FOLLOW, line -> {
                    first.add(line);
                    return first.size() < 2;
                });
                assertThat(first).extracting(JournalLine::sequence).containsExactly(last + 1, last + 2);
                assertThat(first.get(0).type()).isEqualTo("JournalOpened");
            }
        }
    }

    private static CompletableFuture<List<JournalLine>> follow(ControlClient client, long from) {
        return CompletableFuture.supplyAsync(() -> {
            List<JournalLine> lines = new ArrayList<>();
            client.events(from, WatchMode.FOLLOW, lines::add);
            return lines;
        });
    }

    private static ControlClient client(FreshetProcess process) throws Exception {
        Matcher matcher = CONTROL.matcher(process.printed());
        assertThat(matcher.find()).as(process.printed()).isTrue();
        return new ControlClient(Endpoint.parse(matcher.group(1)));
    }
}
