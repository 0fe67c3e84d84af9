package dev.freshet.ops.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.ops.bench.KillMoment.Trigger;
import dev.freshet.ops.run.RunFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KillMomentTest {
    private static final Duration WHOLE = Duration.ofSeconds(10);

    @Test
    void theSameSeedDrawsTheSameMomentsAndAllKindsOfThem() {
        List<KillMoment> moments = drawn(7);

        assertThat(drawn(7)).isEqualTo(moments);
        assertThat(drawn(8)).isNotEqualTo(moments);
        assertThat(moments).extracting(KillMoment::trigger).contains(Trigger.values());
        assertThat(moments).allSatisfy(moment -> assertThat(moment.later()).isBetween(Duration.ZERO, WHOLE));
    }

    @Test
    void aWatchSeesStepsAlsoBehindARotationAndCheckpointsAsTheyAppear(@TempDir Path directory) throws Exception {
        RunFiles files = new RunFiles(directory);
        String step = "{\"type\":\"StepTrained\"}\n";
        Files.writeString(files.events(), step + step);
        RunWatch watch = new RunWatch(files);
        assertThat(watch.has(Trigger.STEP, 1)).as("steps of earlier attempts").isFalse();

        Files.writeString(files.events(), step + step + step + "{\"type\":\"StepTr");
        assertThat(watch.has(Trigger.STEP, 1)).isTrue();
        assertThat(watch.has(Trigger.STEP, 2)).isFalse();
        Files.writeString(files.events(), step + "{\"type\":\"StateChanged\",\"to\":\"draining\"}\n");
        assertThat(watch.has(Trigger.STEP, 2)).isTrue();
        assertThat(watch.has(Trigger.END, 1)).isTrue();

        assertThat(watch.has(Trigger.CHECKPOINT, 1)).isFalse();
        Files.createDirectories(files.checkpoints().resolve(".writing-step-000003"));
        assertThat(watch.has(Trigger.CHECKPOINT, 1)).isTrue();
        assertThat(watch.has(Trigger.CHECKPOINT, 2)).isFalse();
    }

    @Test
    void aDeathIsNamedByWhatItLeft(@TempDir Path directory) throws Exception {
        RunFiles files = new RunFiles(directory);
        AuditedLine opened = line("{\"type\":\"JournalOpened\"}");
        AuditedLine warmUp = line("{\"type\":\"WarmUpProgressed\"}");
        AuditedLine started = line("{\"type\":\"RunStarted\"}");
        AuditedLine running = line("{\"type\":\"StateChanged\",\"to\":\"running\"}");
        AuditedLine draining = line("{\"type\":\"StateChanged\",\"to\":\"draining\"}");

        assertThat(KillPhase.of(List.of(), files)).isEqualTo(KillPhase.STARTING);
        assertThat(KillPhase.of(List.of(opened, warmUp), files)).isEqualTo(KillPhase.WARM_UP);
        assertThat(KillPhase.of(List.of(opened, warmUp, started), files)).isEqualTo(KillPhase.STARTING);
        assertThat(KillPhase.of(List.of(opened, started, running), files)).isEqualTo(KillPhase.TRAINING);
        assertThat(KillPhase.of(List.of(opened, started, running, draining), files))
                .isEqualTo(KillPhase.ENDING);
        Files.createDirectories(files.checkpoints().resolve(".writing-step-000003"));
        assertThat(KillPhase.of(List.of(opened, started, running), files)).isEqualTo(KillPhase.CHECKPOINT);
        assertThat(KillPhase.of(List.of(), files)).as("an earlier attempt's").isEqualTo(KillPhase.STARTING);
    }

    private static AuditedLine line(String json) {
        return AuditedLine.parse("", json);
    }

    private static List<KillMoment> drawn(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return Stream.generate(() -> KillMoment.draw(random, WHOLE)).limit(40).toList();
    }
}
