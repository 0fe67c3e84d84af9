package dev.freshet.ops.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.ops.run.RunSettings.Rotation;
import dev.freshet.streams.PipelineEvent.PartRestarted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalReaderTest {
    private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
    private static final Rotation LARGE = new Rotation(1 << 20, 4);

    /** Six events or so a file. */
    private static final Rotation SMALL = new Rotation(1000, 3);

    @TempDir
    private Path folder;

    private Path path;

    @BeforeEach
    void nameTheJournal() {
        path = folder.resolve("events.jsonl");
    }

    @Test
    void tellsAnEventByItsLine() throws IOException {
        try (Journal journal = open(LARGE);
                JournalReader reader = journal.readFrom(2)) {
            assertThat(reader.read()).isEmpty();
            journal.accept(RunEvents.dropped(41));
            assertThat(reader.read())
                    .contains(new JournalLine(
                            2, NOON, "GroupDropped", Files.readAllLines(path).get(1)));
            assertThat(reader.read()).isEmpty();
        }
    }

    @Test
    void missesNothingAndSeesNothingTwiceHoweverOftenTheFileIsSetAsideMeanwhile() throws IOException {
        List<Long> seen = new ArrayList<>();
        try (Journal journal = open(new Rotation(1000, 1000));
                JournalReader reader = journal.readFrom(1)) {
            for (int i = 0; i < 200; i++) {
                journal.accept(RunEvents.dropped(i));
                if (i % 7 == 0) {
                    drain(reader, seen);
                }
            }
            drain(reader, seen);
            assertThat(seen).containsExactlyElementsOf(range(1, journal.newest()));
        }
        assertThat(folder).isDirectoryContaining("glob:**events.20.jsonl");
    }

    @Test
    void goesOnBehindAnyEventAcrossARestart() throws IOException {
        try (Journal journal = open(SMALL)) {
            journal.accept(RunEvents.dropped(1));
            journal.accept(RunEvents.dropped(2));
        }
        Files.writeString(path, "{\"sequence\":4,\"ti", StandardOpenOption.APPEND);
        try (Journal journal = open(new Rotation(1000, 1000))) {
            for (int i = 0; i < 30; i++) {
                journal.accept(RunEvents.dropped(i));
            }
            assertThat(Journal.parts(path)).hasSizeGreaterThan(3);
            for (long from = 1; from <= journal.newest() + 1; from++) {
                List<Long> seen = new ArrayList<>();
                try (JournalReader reader = journal.readFrom(from)) {
                    drain(reader, seen);
                }
                assertThat(seen).containsExactlyElementsOf(range(from, journal.newest()));
            }
        }
    }

    @Test
    void passesOverEventsThatTheDiskRefusedAtTheEndOfAFile() throws IOException {
        Files.write(folder.resolve("events.2.jsonl"), List.of(line(1), line(2)));
        Files.write(folder.resolve("events.1.jsonl"), List.of(line(5), line(7)));
        Files.write(path, List.of(line(10)));
        try (Journal journal = open(LARGE)) {
            for (long from = 1; from <= 11; from++) {
                List<Long> seen = new ArrayList<>();
                try (JournalReader reader = journal.readFrom(from)) {
                    drain(reader, seen);
                }
                long first = from;
                assertThat(seen)
                        .containsExactlyElementsOf(LongStream.of(1, 2, 5, 7, 10, 11)
                                .filter(kept -> kept >= first)
                                .boxed()
                                .toList());
            }
        }
    }

    private static String line(long sequence) {
        return "{\"sequence\":" + sequence + ",\"time\":\"" + NOON + "\",\"attempt\":1,\"type\":\"GroupDropped\"}";
    }

    @Test
    void refusesWhatIsNoLongerKeptAndWhatIsYetToCome() throws IOException {
        try (Journal journal = open(SMALL)) {
            for (int i = 0; i < 60; i++) {
                journal.accept(RunEvents.dropped(i));
            }
            assertThat(journal.deleteSurplus(NOON)).isNotEmpty();
            long oldest = journal.oldest();
            long newest = journal.newest();
            assertThat(oldest).isGreaterThan(1);
            try (JournalReader kept = journal.readFrom(oldest)) {
                assertThat(kept.read()).map(JournalLine::sequence).contains(oldest);
            }
            assertThatThrownBy(() -> journal.readFrom(oldest - 1))
                    .isInstanceOf(JournalRangeException.class)
                    .hasMessageStartingWith("event " + (oldest - 1) + " is no longer kept, the oldest is " + oldest
                            + ": ask from there");
            assertThatThrownBy(() -> journal.readFrom(newest + 2))
                    .isInstanceOf(JournalRangeException.class)
                    .hasMessageStartingWith(
                            "event " + (newest + 2) + " is beyond the next one, the newest is " + newest);
        }
    }

    @Test
    void saysWhatWasDeletedBeforeItWasRead() throws IOException {
        try (Journal journal = open(SMALL);
                JournalReader slow = journal.readFrom(1)) {
            assertThat(slow.read()).isPresent();
            for (int i = 0; i < 60; i++) {
                journal.accept(RunEvents.dropped(i));
            }
            assertThat(journal.deleteSurplus(NOON)).isNotEmpty();
            assertThatThrownBy(() -> drain(slow, new ArrayList<>()))
                    .isInstanceOf(JournalRangeException.class)
                    .hasMessageContaining("is no longer kept, the oldest is " + journal.oldest());
        }
    }

    @Test
    void takesNoUnfinishedLine() throws IOException {
        try (Journal journal = open(LARGE);
                JournalReader reader = journal.readFrom(2)) {
            String line = "{\"sequence\":2,\"time\":\"2026-11-23T12:00:00Z\",\"attempt\":1,\"type\":\"X\"}";
            Files.writeString(path, line.substring(0, 20), StandardOpenOption.APPEND);
            assertThat(reader.read()).isEmpty();
            Files.writeString(path, line.substring(20) + "\n", StandardOpenOption.APPEND);
            assertThat(reader.read()).contains(new JournalLine(2, NOON, "X", line));
        }
    }

    @Test
    void takesLinesLongerThanItsBlock() throws IOException {
        try (Journal journal = open(LARGE);
                JournalReader reader = journal.readFrom(2)) {
            journal.accept(new PartRestarted("verifier", "x".repeat(200_000)));
            journal.accept(RunEvents.dropped(1));
            assertThat(reader.read())
                    .map(line -> line.json().length())
                    .hasValueSatisfying(length -> assertThat(length).isGreaterThan(200_000));
            assertThat(reader.read()).map(JournalLine::sequence).contains(3L);
        }
    }

    @Test
    void followersAreToldOfEveryEventAndOfTheEndUntilTheyStop() throws IOException {
        List<String> told = new ArrayList<>();
        Journal journal = open(LARGE);
        journal.follow(() -> told.add("first"));
        Journal.Following second = journal.follow(() -> told.add("second"));
        journal.accept(RunEvents.dropped(1));
        second.close();
        journal.close();
        assertThat(told).containsExactly("first", "second", "first");
        assertThat(journal.isClosed()).isTrue();
    }

    private Journal open(Rotation rotation) throws IOException {
        return Journal.open(path, rotation, InstantSource.fixed(NOON));
    }

    private static void drain(JournalReader reader, List<Long> seen) throws IOException {
        for (Optional<JournalLine> line = reader.read(); line.isPresent(); line = reader.read()) {
            seen.add(line.get().sequence());
        }
    }

    private static List<Long> range(long first, long last) {
        return LongStream.rangeClosed(first, last).boxed().toList();
    }
}
