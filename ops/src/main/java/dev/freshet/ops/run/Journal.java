package dev.freshet.ops.run;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.freshet.ops.run.LineFile.TornTail;
import dev.freshet.ops.run.RunSettings.Rotation;
import dev.freshet.streams.EventSink;
import dev.freshet.streams.PipelineEvent;
import dev.freshet.streams.PipelineEvent.FileDeleted;
import dev.freshet.streams.PipelineEvent.TailCut;
import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * {@code events.jsonl}: every event of a run that belongs in it, one JSON object a line, first {@code sequence},
 * {@code time}, {@code attempt} and {@code type}, then the event's own components. Sequence numbers begin at 1 and go on over
 * files and over restarts; a gap in them is an event that the disk refused. Old files are deleted whole. Each file begins with a
 * {@code JournalOpened} line, which names the format and how many bytes of an unfinished line were cut off.
 */
public final class Journal implements EventSink, Retained, Closeable {
    /** Raised when a line no longer means what it meant. */
    static final int FORMAT = 1;

    private static final long SET_ASIDE = -1;

    private final Path path;
    private final int attempt;
    private final RotatingFile file;
    private final InstantSource clock;
    private final WriteFailures failures;
    private final List<Runnable> followers = new CopyOnWriteArrayList<>();
    private volatile long nextSequence;
    private volatile long rotations;
    private volatile boolean closed;

    private Journal(Path path, RotatingFile file, Position last, InstantSource clock) {
        this.path = path;
        this.file = file;
        this.attempt = last.attempt() + 1;
        this.nextSequence = last.sequence() + 1;
        this.clock = clock;
        this.failures = new WriteFailures(path);
    }

    /** Begins the journal, or goes on with the one that is there. */
    public static Journal open(Path path, Rotation rotation, InstantSource clock) throws IOException {
        RotatingFile file = RotatingFile.open("journal", path, rotation, clock.instant());
        try {
            Journal journal = new Journal(path, file, lastPosition(path), clock);
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
    synchronized Optional<TailCut> tailCut() {
        return file.tailCut();
    }

    @Override
    public void accept(PipelineEvent event) {
        if (!event.belongsInJournal()) {
            return;
        }
        record(event);
        followers.forEach(Runnable::run);
    }

    private synchronized void record(PipelineEvent event) {
        append(event.getClass().getSimpleName(), event);
        Instant now = clock.instant();
        if (file.isDue(now)) {
            setAside(now);
        }
    }

    /** The sequence numbers of the lines that stay go on without a gap, and the newest of all stays. */
    @Override
    public synchronized List<FileDeleted> deleteSurplus(Instant now) throws IOException {
        return file.deleteSurplus(now);
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
        if (parts.isEmpty()) {
            throw new NoSuchFileException(path.toString());
        }
        int place = parts.size() - 1;
        while (place >= 0 && !beginsBy(parts.get(place), sequence)) {
            place--;
        }
        if (place < 0 && sequence < nextSequence) {
            throw JournalRangeException.tooOld(sequence, oldest());
        }
        // Where the disk refused a file's last events, the next one that there is stands in the next file.
        boolean isGrowing = place == parts.size() - 1;
        if (!isGrowing && (place < 0 || !reaches(parts.get(place), sequence))) {
            place++;
            isGrowing = place == parts.size() - 1;
        }
        return new OpenPart(new RandomAccessFile(parts.get(place).toFile(), "r"), isGrowing ? rotations : SET_ASIDE);
    }

    private static boolean beginsBy(Path part, long sequence) throws IOException {
        String line = LineFile.firstLine(part);
        return !line.isEmpty() && position(part, "first", line).sequence() <= sequence;
    }

    private static boolean reaches(Path part, long sequence) throws IOException {
        Optional<String> line = LineFile.lastLine(part);
        return line.isPresent() && position(part, "last", line.get()).sequence() >= sequence;
    }

    /** The files of a journal that are there, oldest first. */
    public static List<Path> parts(Path journal) {
        return RotatingFile.parts(journal);
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

    /** If that fails, the journal goes on in the file that is open. */
    private synchronized void setAside(Instant now) {
        try {
            file.setAside(now);
            rotations++;
            append("JournalOpened", opened(Optional.empty()));
        } catch (IOException failure) {
            failures.failed(failure);
        }
    }

    private static Position lastPosition(Path path) throws IOException {
        List<Path> newestFirst = new ArrayList<>(parts(path));
        Collections.reverse(newestFirst);
        for (Path part : newestFirst) {
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
