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
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code events.jsonl}: every event of a run but the sampled rollouts, one JSON object a line, first {@code sequence},
 * {@code time}, {@code attempt} and {@code type}, then the event's own components. Sequence numbers begin at 1 and go on over
 * files and over restarts; a gap in them is an event that the disk refused. Each file begins with a {@code JournalOpened} line,
 * which names the format and how many bytes of an unfinished line were cut off.
 */
public final class Journal implements EventSink, Closeable {
    /** Raised when a line no longer means what it meant. */
    static final int FORMAT = 1;

    private static final long SET_ASIDE = -1;

    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);

    private final Path path;
    private final int attempt;
    private final Rotation rotation;
    private final InstantSource clock;
    private final WriteFailures failures;
    private final List<Runnable> followers = new CopyOnWriteArrayList<>();
    private LineFile file;
    private long rotateAt;
    private volatile long nextSequence;
    private volatile long rotations;
    private volatile boolean closed;

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
    public void accept(PipelineEvent event) {
        if (event instanceof RolloutsSampled) {
            return;
        }
        record(event);
        followers.forEach(Runnable::run);
    }

    private synchronized void record(PipelineEvent event) {
        append(event.getClass().getSimpleName(), event);
        if (file.length() >= rotateAt) {
            rotate();
        }
    }

    @Override
    public void close() throws IOException {
        synchronized (this) {
            closed = true;
            file.close();
        }
        followers.forEach(Runnable::run);
    }

    /** Whether nothing will be added any more. */
    public boolean isClosed() {
        return closed;
    }

    /** The sequence number of the newest event. */
    public long newest() {
        return nextSequence - 1;
    }

    /** The sequence number of the oldest event that is kept, or of the next one to come if there is none. */
    public synchronized long oldest() throws IOException {
        for (Path part : parts(path)) {
            String line = LineFile.firstLine(part);
            if (!line.isEmpty()) {
                return position(part, "first", line).sequence();
            }
        }
        return nextSequence;
    }

    /**
     * Calls {@code follower} after every event, on the thread that brought it, and when the journal closes; until the result is
     * closed. It must neither wait nor throw.
     */
    public Following follow(Runnable follower) {
        followers.add(follower);
        return () -> followers.remove(follower);
    }

    /**
     * Begins to read at an event, or at the first after it that the disk took; the reader may be used beside this journal.
     *
     * @throws JournalRangeException unless {@code sequence} is that of a kept event or of the next one to come
     */
    public JournalReader readFrom(long sequence) throws IOException {
        JournalReader reader = new JournalReader(this, sequence);
        try {
            reader.open();
            return reader;
        } catch (IOException | JournalRangeException failure) {
            reader.close();
            throw failure;
        }
    }

    /** How often the growing file was set aside. */
    long rotations() {
        return rotations;
    }

    /** Opens the file that an event is in, or will be in; while it looks, no file changes its name. */
    synchronized OpenPart open(long sequence) throws IOException {
        if (sequence > nextSequence) {
            throw JournalRangeException.beyond(sequence, newest());
        }
        List<Path> parts = parts(path);
        for (int i = parts.size() - 1; i >= 0; i--) {
            Path part = parts.get(i);
            String line = LineFile.firstLine(part);
            if (!line.isEmpty() && position(part, "first", line).sequence() <= sequence) {
                boolean isGrowing = i == parts.size() - 1;
                return new OpenPart(new RandomAccessFile(part.toFile(), "r"), isGrowing ? rotations : SET_ASIDE);
            }
        }
        throw JournalRangeException.tooOld(sequence, oldest());
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

    private synchronized void append(String type, Object event) {
        byte[] line = RunJson.line(new Line(nextSequence, clock.instant().toString(), attempt, type, event));
        nextSequence++;
        try {
            file.append(line);
            failures.succeeded();
        } catch (IOException failure) {
            failures.failed(failure);
        }
    }

    /** If setting the file aside fails, the journal goes on in the file that is open, and tries again a file's size later. */
    private synchronized void rotate() {
        rotateAt = file.length() + rotation.fileSize();
        try {
            setAside();
            LineFile next = LineFile.open(path);
            file.close();
            file = next;
            rotations++;
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
                return position(part, "last", line.get());
            }
        }
        return new Position(0, 0);
    }

    private static Position position(Path part, String which, String line) throws IOException {
        try {
            JsonNode last = new JsonMapper().readTree(line);
            return new Position(
                    last.required("sequence").asLong(), last.required("attempt").asInt());
        } catch (JsonProcessingException | IllegalArgumentException unreadable) {
            throw new IOException(
                    "the " + which + " line of " + part + " is no line of a journal; move the file away", unreadable);
        }
    }

    /** Ends what {@link #follow} began. */
    @FunctionalInterface
    public interface Following extends AutoCloseable {
        @Override
        void close();
    }

    /** @param rotations by when the file was opened, as long as which it is the growing one; {@link #SET_ASIDE} if it was not */
    record OpenPart(RandomAccessFile file, long rotations) {}

    private record Line(
            long sequence,
            String time,
            int attempt,
            String type,
            @JsonUnwrapped Object event) {}

    private record Opened(int format, long cutBytes) {}

    private record Position(long sequence, int attempt) {}
}
