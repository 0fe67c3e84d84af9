package dev.freshet.ops.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.freshet.ops.run.RunSettings.Rotation;
import dev.freshet.streams.PipelineEvent.EvaluationCompleted;
import dev.freshet.streams.PipelineEvent.TailCut;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
    private static final InstantSource NOON = InstantSource.fixed(Instant.parse("2026-11-23T12:00:00Z"));
    private static final Rotation LARGE = new Rotation(1 << 20, 4);
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .build();

    @TempDir
    private Path folder;

    private Path path;

    @BeforeEach
    void nameTheJournal() {
        path = folder.resolve("events.jsonl");
    }

    @Test
    void writesOneLineAnEventWithSequenceTimeAttemptAndTypeFirst() throws IOException {
        try (Journal journal = open(LARGE)) {
            journal.accept(RunEvents.dropped(41));
        }

        assertThat(Files.readAllLines(path))
                .containsExactly(
                        "{\"sequence\":1,\"time\":\"2026-11-23T12:00:00Z\",\"attempt\":1,\"type\":\"JournalOpened\","
                                + "\"format\":1,\"cut_bytes\":0}",
                        "{\"sequence\":2,\"time\":\"2026-11-23T12:00:00Z\",\"attempt\":1,\"type\":\"GroupDropped\","
                                + "\"group_sequence\":41,\"reason\":\"no_signal\",\"detail\":\"all 8 rewards are 1.0\"}");
    }

    @Test
    void writesNestedRecordsAsObjectsAndVersionsAsNumbers() throws IOException {
        try (Journal journal = open(LARGE)) {
            journal.accept(RunEvents.step(7));
        }

        JsonNode step = lines(path).get(1);
        assertThat(step.at("/report/version").asLong()).isEqualTo(7);
        assertThat(step.at("/report/mean_reward").isDouble()).isTrue();
        assertThat(step.at("/groups/dropped/no_signal").asLong()).isEqualTo(3);
        assertThat(step.at("/groups/in_flight").asLong()).isEqualTo(6);
        assertThat(step.at("/rollouts_per_second").asDouble()).isEqualTo(250.5);
    }

    @Test
    void writesPassAtKInTheOrderOfK() throws IOException {
        try (Journal journal = open(LARGE)) {
            journal.accept(RunEvents.evaluated(0, 0.5, 0.75));
        }

        assertThat(Files.readString(path)).contains("\"pass_at_k\":{\"1\":0.5,\"8\":0.75}");
    }

    @Test
    void writesNumbersThatAreNotFiniteAsNull() throws IOException {
        try (Journal journal = open(LARGE)) {
            journal.accept(RunEvents.step(RunEvents.report(1, 0.5, Double.NaN), 1));
        }

        assertThat(lines(path).get(1).at("/report/divergence_value").isNull()).isTrue();
    }

    @Test
    void leavesSampledRolloutsToTheirOwnFile() throws IOException {
        try (Journal journal = open(LARGE)) {
            journal.accept(RunEvents.sampled(1, "42"));
        }

        assertThat(lines(path)).hasSize(1);
    }

    @Test
    void hasEveryAcceptedEventInTheFileBeforeItIsClosed() throws IOException {
        try (Journal journal = open(LARGE)) {
            journal.accept(RunEvents.dropped(1));
            assertThat(lines(path)).hasSize(2);
        }
    }

    @Test
    void goesOnCountingAfterAStopInANewAttempt() throws IOException {
        try (Journal journal = open(LARGE)) {
            journal.accept(RunEvents.dropped(1));
        }
        try (Journal journal = open(LARGE)) {
            journal.accept(RunEvents.dropped(2));
            assertThat(journal.attempt()).isEqualTo(2);
        }

        assertThat(sequences(lines(path))).containsExactly(1L, 2L, 3L, 4L);
        assertThat(lines(path)).extracting(line -> line.path("attempt").asInt()).containsExactly(1, 1, 2, 2);
    }

    @Test
    void cutsOffATornTailAndNamesIt() throws IOException {
        try (Journal journal = open(LARGE)) {
            journal.accept(RunEvents.dropped(1));
        }
        Files.writeString(path, "{\"sequence\":2,\"time\":\"2026", StandardOpenOption.APPEND);

        try (Journal journal = open(LARGE)) {
            assertThat(journal.tailCut()).contains(new TailCut("events.jsonl", 26, "{\"sequence\":2,\"time\":\"2026"));
        }

        JsonNode opened = lines(path).get(2);
        assertThat(opened.path("sequence").asLong()).isEqualTo(3);
        assertThat(opened.path("cut_bytes").asLong()).isEqualTo(26);
    }

    @Test
    void setsFullFilesAsideAndKeepsTheNewest() throws IOException {
        Rotation small = new Rotation(1000, 3);
        try (Journal journal = open(small)) {
            for (int i = 0; i < 40; i++) {
                journal.accept(RunEvents.dropped(i));
            }
            assertThat(journal.deleteSurplus(NOON.instant()))
                    .isNotEmpty()
                    .allSatisfy(deleted -> assertThat(deleted.why()).isEqualTo("more than 3 files"));
        }

        Path newer = folder.resolve("events.1.jsonl");
        Path older = folder.resolve("events.2.jsonl");
        assertThat(folder)
                .isDirectoryContaining("glob:**events.2.jsonl")
                .isDirectoryNotContaining("glob:**events.3.jsonl");
        List<JsonNode> kept = new ArrayList<>(lines(older));
        kept.addAll(lines(newer));
        kept.addAll(lines(path));
        long first = kept.get(0).path("sequence").asLong();
        assertThat(sequences(kept))
                .containsExactlyElementsOf(
                        LongStream.range(first, first + kept.size()).boxed().toList());
        assertThat(lines(newer).get(0).path("type").asText()).isEqualTo("JournalOpened");
    }

    @Test
    void findsTheLastSequenceInTheFileSetAsideIfTheNewOneIsEmpty() throws IOException {
        try (Journal journal = open(LARGE)) {
            journal.accept(RunEvents.dropped(1));
        }
        Files.move(path, folder.resolve("events.1.jsonl"));

        try (Journal journal = open(LARGE)) {
            assertThat(journal.attempt()).isEqualTo(2);
        }
        assertThat(sequences(lines(path))).containsExactly(3L);
    }

    @Test
    void keepsCountingWhenAllThatWasSetAsideIsTooOld() throws IOException {
        Instant noon = NOON.instant();
        Instant muchLater = noon.plus(Duration.ofDays(9));
        Rotation oneDay = new Rotation(1 << 20, 4, Optional.of(Duration.ofDays(1)));
        try (Journal journal = open(oneDay)) {
            journal.accept(RunEvents.dropped(1));
        }
        Files.setLastModifiedTime(path, FileTime.from(noon));

        try (Journal journal = Journal.open(path, oneDay, InstantSource.fixed(muchLater))) {
            journal.accept(RunEvents.dropped(2));
            Path aside = folder.resolve("events.1.jsonl");
            assertThat(sequences(lines(aside)))
                    .as("set aside because its first line is nine days old")
                    .containsExactly(1L, 2L, 3L, 4L);
            Files.setLastModifiedTime(aside, FileTime.from(noon));
            assertThat(journal.deleteSurplus(muchLater))
                    .singleElement()
                    .satisfies(deleted -> assertThat(deleted.why()).isEqualTo("older than 1440 minutes"));
        }
        assertThat(Journal.parts(path)).containsExactly(path);
        assertThat(sequences(lines(path))).containsExactly(5L);
    }

    @Test
    void theNewestFileAsideStaysWhileNothingFollowsIt() throws IOException {
        Rotation one = new Rotation(1 << 20, 1);
        try (RotatingFile file = RotatingFile.open("journal", path, one, NOON.instant())) {
            file.append("last");
            file.setAside(NOON.instant());
            assertThat(file.deleteSurplus(NOON.instant())).isEmpty();
            file.append("next");
            assertThat(file.deleteSurplus(NOON.instant())).hasSize(1);
        }
    }

    @Test
    void aGapLeftByAProcessThatDiedLosesNothing() throws IOException {
        for (int age : new int[] {1, 2, 4}) {
            Files.writeString(folder.resolve("events." + age + ".jsonl"), "set aside " + age + " times ago\n");
        }
        try (RotatingFile file = RotatingFile.open("journal", path, LARGE, NOON.instant())) {
            file.append("newest");
            file.setAside(NOON.instant());
        }
        assertThat(Journal.parts(path))
                .extracting(part -> Files.readString(part).strip())
                .containsExactly(
                        "set aside 4 times ago", "set aside 2 times ago", "set aside 1 times ago", "newest", "");
    }

    @Test
    void refusesAFileThatIsNoJournal() throws IOException {
        Files.writeString(path, "not a journal\n");

        assertThatThrownBy(() -> open(LARGE))
                .isInstanceOf(IOException.class)
                .hasMessage("the last line of " + path + " is no line of a journal; move the file away");
    }

    @Test
    void goesOnInItsFileWhenThatCannotBeSetAside() throws IOException {
        try (Journal journal = open(new Rotation(1000, 2))) {
            Files.createDirectories(folder.resolve("events.1.jsonl").resolve("in the way"));
            for (int i = 0; i < 20; i++) {
                journal.accept(RunEvents.dropped(i));
            }
            assertThat(journal.failures()).isPositive();
        }

        assertThat(lines(path)).hasSize(21);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void countsWhatAFullDiskRefusesAndThrowsNothing() throws IOException {
        Files.createSymbolicLink(path, Path.of("/dev/full"));

        try (Journal journal = open(LARGE)) {
            journal.accept(RunEvents.dropped(1));
            journal.accept(RunEvents.dropped(2));

            assertThat(journal.failures()).isEqualTo(3);
        }
    }

    @Test
    void keepsUpWithThePlumbing() throws IOException {
        EvaluationCompleted event = RunEvents.evaluated(1, 0.5, 0.75);
        int events = 20_000;
        long start = System.nanoTime();
        try (Journal journal = open(new Rotation(64 << 20, 4))) {
            for (int i = 0; i < events; i++) {
                journal.accept(event);
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;

        // A tenth of what an idle laptop core does, so that a busy machine passes and a flush to the disk per event
        // does not.
        assertThat(events / seconds).isGreaterThan(5_000);
    }

    private Journal open(Rotation rotation) throws IOException {
        return Journal.open(path, rotation, NOON);
    }

    private static List<JsonNode> lines(Path file) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            lines.add(MAPPER.readTree(line));
        }
        return lines;
    }

    private static List<Long> sequences(List<JsonNode> lines) {
        return lines.stream().map(line -> line.path("sequence").asLong()).toList();
    }
}
