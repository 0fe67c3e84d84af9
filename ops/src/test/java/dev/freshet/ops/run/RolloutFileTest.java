package dev.freshet.ops.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.ops.run.RunSettings.Rotation;
import dev.freshet.streams.PipelineEvent.FileDeleted;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RolloutFileTest {
    private static final InstantSource NOON = InstantSource.fixed(Instant.parse("2026-11-23T12:00:00Z"));

    @TempDir
    private Path folder;

    @Test
    void writesOneLineARollout() throws IOException {
        try (RolloutFile file = open(1, new Rotation(1 << 20, 4))) {
            file.accept(RunEvents.sampled(3, "42 \"quoted\"\n"));
            file.accept(RunEvents.step(3));
        }

        assertThat(Files.readAllLines(folder.resolve("rollouts-00001.jsonl")))
                .containsExactly("{\"attempt\":1,\"time\":\"2026-11-23T12:00:00Z\",\"version\":3,\"sequence\":24,"
                        + "\"prompt\":\"17+25=\",\"completion\":\"42 \\\"quoted\\\"\\n\",\"reward\":1.0,"
                        + "\"oldest_version\":2,\"newest_version\":3}");
    }

    @Test
    void compressesFullFilesAndDeletesTheOldest() throws IOException {
        List<FileDeleted> deleted;
        try (RolloutFile file = open(1, new Rotation(1000, 3))) {
            for (int version = 1; version <= 60; version++) {
                file.accept(RunEvents.sampled(version, "4" + version));
            }
            deleted = file.deleteSurplus(NOON.instant());
        }
        assertThat(deleted).isNotEmpty().allSatisfy(file -> {
            assertThat(file.kind()).isEqualTo("rollouts");
            assertThat(file.file()).startsWith(folder.getFileName() + "/rollouts-0");
            assertThat(file.bytes()).isPositive();
        });

        List<RolloutPart> parts = RolloutPart.in(folder);
        assertThat(parts).hasSize(3);
        assertThat(parts).extracting(RolloutPart::isCompressed).containsExactly(true, true, false);
        try (BufferedReader lines = parts.get(1).open()) {
            assertThat(lines.lines()).isNotEmpty().allMatch(line -> line.startsWith("{\"attempt\":1,"));
        }
        try (var files = Files.list(folder)) {
            assertThat(files).hasSize(3);
        }
    }

    @Test
    void deletesWhatIsTooOldButNeverTheGrowingFile() throws IOException {
        Instant now = NOON.instant();
        for (int day = 1; day <= 3; day++) {
            Path part = folder.resolve("rollouts-0000" + (4 - day) + ".jsonl");
            Files.writeString(part, "{\"time\":\"" + now.minus(Duration.ofDays(day)) + "\"}\n");
            Files.setLastModifiedTime(part, FileTime.from(now.minus(Duration.ofDays(day))));
        }
        try (RolloutFile file = open(2, new Rotation(1 << 20, 9, Optional.of(Duration.ofHours(36))))) {
            List<FileDeleted> deleted = file.deleteSurplus(now);
            assertThat(deleted).hasSize(2).extracting(FileDeleted::why).containsOnly("older than 2160 minutes");
            file.accept(RunEvents.sampled(3, "42"));
            assertThat(Files.exists(folder.resolve("rollouts-00004.jsonl")))
                    .as("the growing file's first line is younger than a day and a half")
                    .isFalse();
        }
        assertThat(RolloutPart.in(folder))
                .singleElement()
                .extracting(RolloutPart::number)
                .isEqualTo(3);
    }

    @Test
    void goesOnInTheNewestFileAfterCuttingATornTail() throws IOException {
        Files.writeString(folder.resolve("rollouts-00002.jsonl"), "{\"attempt\":1}\n{\"att");
        try (RolloutFile file = open(2, new Rotation(1 << 20, 4))) {
            file.accept(RunEvents.sampled(3, "42"));
        }

        List<String> lines = Files.readAllLines(folder.resolve("rollouts-00002.jsonl"));
        assertThat(lines).hasSize(2);
        assertThat(lines.get(1)).startsWith("{\"attempt\":2,");
    }

    @Test
    void finishesACompressionThatAnEarlierProcessDidNot() throws IOException {
        Files.writeString(folder.resolve("rollouts-00001.jsonl"), "{\"attempt\":1}\n");
        Files.writeString(folder.resolve("rollouts-00001.jsonl.gz.new"), "half a compre");
        Files.writeString(folder.resolve("rollouts-00002.jsonl"), "{\"attempt\":1}\n");

        open(2, new Rotation(1 << 20, 4)).close();

        assertThat(RolloutPart.in(folder)).extracting(RolloutPart::isCompressed).containsExactly(true, false);
        assertThat(folder.resolve("rollouts-00001.jsonl")).doesNotExist();
    }

    private RolloutFile open(int attempt, Rotation rotation) throws IOException {
        return RolloutFile.open(folder, attempt, rotation, NOON);
    }
}
