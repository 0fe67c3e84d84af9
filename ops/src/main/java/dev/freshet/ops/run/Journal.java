package dev.freshet.ops.run;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.freshet.ops.run.LineFile.TornTail;
import dev.freshet.ops.run.RunSettings.Rotation;
import dev.freshet.streams.EventSink;
import dev.freshet.streams.PipelineEvent;
import dev.freshet.streams.PipelineEvent.RolloutsSampled;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code events.jsonl}: every event of a run but the sampled rollouts, one JSON object a line, first {@code sequence},
 * {@code time}, {@code attempt} and {@code type}, then the event's own components. Sequence numbers go on over files and over
 * restarts; a gap in them is an event that the disk refused. Each file begins with a {@code JournalOpened} line, which names
 * the format and how many bytes of an unfinished line were cut off.
 */
public final class Journal implements EventSink, Closeable {
    /** Raised when a line no longer means what it meant. */
    static final int FORMAT = 1;

    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);

    private final Path path;
    private final int attempt;
    private final Rotation rotation;
    private final InstantSource clock;
    private final WriteFailures failures;
    private LineFile file;
    private long nextSequence;
    private long rotateAt;

    private Journal(Path path, LineFile file, Position last, Rotation rotation, InstantSource clock) {
        this.path = path;
        this.file = file;
        this.attempt = last.attempt() + 1;
        this.nextSequence = last.sequence() + 1;
        this.rotation = rotation;
        this.rotateAt = rotation.fileSize();
        this.clock = clock;
        this.failures = new WriteFailures(path);
    }

    /** Begins the journal, or goes on with the one that is there. */
    public static Journal open(Path path, Rotation rotation, InstantSource clock) throws IOException {
        LineFile file = LineFile.open(path);
        try {
            Journal journal = new Journal(path, file, lastPosition(path), rotation, clock);
            file.tornTail().ifPresent(torn -> LOG.warn("{}", torn));
            journal.append("JournalOpened", journal.opened(file.tornTail()));
            return journal;
        } catch (IOException | RuntimeException failure) {
            file.close();
            throw failure;
        }
    }

    /** Which start of the run this is, from 1: one more than the journal knew of. */
    public int attempt() {
        return attempt;
    }

    /** Events that the disk refused. */
    public long failures() {
        return failures.count();
    }

    /** What the last process left unfinished, and was cut off. */
    synchronized Optional<TornTail> tornTail() {
        return file.tornTail();
    }

    @Override
    public synchronized void accept(PipelineEvent event) {
        if (event instanceof RolloutsSampled) {
            return;
        }
        append(event.getClass().getSimpleName(), event);
        if (file.length() >= rotateAt) {
            rotate();
        }
    }

    @Override
    public synchronized void close() throws IOException {
        file.close();
    }

    /** The files of a journal that are there, oldest first. */
    public static List<Path> parts(Path journal) {
        Deque<Path> parts = new ArrayDeque<>();
        if (Files.exists(journal)) {
            parts.push(journal);
        }
        for (int age = 1; Files.exists(part(journal, age)); age++) {
            parts.push(part(journal, age));
        }
        return List.copyOf(parts);
    }

    /** The part of a journal that was set aside {@code age} rotations ago, from 1. */
    static Path part(Path journal, int age) {
        return journal.resolveSibling("events." + age + ".jsonl");
    }

    private Opened opened(Optional<TornTail> torn) {
        return new Opened(FORMAT, torn.map(TornTail::bytes).orElse(0L));
    }

    private void append(String type, Object event) {
        byte[] line = RunJson.line(new Line(nextSequence++, clock.instant().toString(), attempt, type, event));
        try {
            file.append(line);
            failures.succeeded();
        } catch (IOException failure) {
            failures.failed(failure);
        }
    }

    /** If setting the file aside fails, the journal goes on in the file that is open, and tries again a file's size later. */
    private void rotate() {
        rotateAt = file.length() + rotation.fileSize();
        try {
            setAside();
            LineFile next = LineFile.open(path);
            file.close();
            file = next;
            rotateAt = rotation.fileSize();
            append("JournalOpened", opened(Optional.empty()));
        } catch (IOException failure) {
            failures.failed(failure);
        }
    }

    private void setAside() throws IOException {
        if (!Files.exists(path)) {
            return; // An earlier attempt set it aside and could not begin the next one.
        }
        if (rotation.files() == 1) {
            Files.delete(path);
            return;
        }
        for (int age = rotation.files() - 2; age >= 1; age--) {
            if (Files.exists(part(path, age))) {
                Files.move(part(path, age), part(path, age + 1), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        Files.move(path, part(path, 1), StandardCopyOption.REPLACE_EXISTING);
    }

    private static Position lastPosition(Path path) throws IOException {
        for (Path part : List.of(path, part(path, 1))) {
            Optional<String> line = LineFile.lastLine(part);
            if (line.isPresent()) {
                return position(part, line.get());
            }
        }
        return new Position(-1, 0);
    }

    private static Position position(Path part, String line) throws IOException {
        try {
            JsonNode last = new JsonMapper().readTree(line);
            return new Position(
                    last.required("sequence").asLong(), last.required("attempt").asInt());
        } catch (JsonProcessingException | IllegalArgumentException unreadable) {
            throw new IOException(
                    "the last line of " + part + " is no line of a journal; move the file away", unreadable);
        }
    }

    private record Line(
            long sequence,
            String time,
            int attempt,
            String type,
            @JsonUnwrapped Object event) {}

    private record Opened(int format, long cutBytes) {}

    private record Position(long sequence, int attempt) {}
}
