package dev.freshet.ops.run;

import dev.freshet.ops.run.LineFile.TornTail;
import dev.freshet.ops.run.RunSettings.Rotation;
import dev.freshet.streams.PipelineEvent.FileDeleted;
import dev.freshet.streams.PipelineEvent.TailCut;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A file that grows by whole lines, and is to be set aside when it is full, or when its first line is older than the files may
 * be: so nothing is kept for more than twice that age. Whoever writes decides when to set it aside, since the next file may begin
 * with a line of its own. Not safe for threads: its owner locks.
 */
public final class RotatingFile implements Closeable {
    private final String kind;
    private final Path path;
    private final Rotation rotation;
    private final FilesAside aside;
    private LineFile file;
    private long rotateAt;
    private Instant begun;

    private RotatingFile(String kind, Path path, Rotation rotation, LineFile file, Instant begun) {
        this.kind = kind;
        this.path = path;
        this.rotation = rotation;
        this.aside = new FilesAside(path);
        this.file = file;
        this.rotateAt = rotation.fileSize();
        this.begun = begun;
    }

    /**
     * Opens or creates the file, and cuts off an unfinished last line.
     *
     * @param kind what the events of deleted files call it
     */
    public static RotatingFile open(String kind, Path path, Rotation rotation, Instant now) throws IOException {
        LineFile file = LineFile.open(path);
        try {
            return new RotatingFile(
                    kind, path, rotation, file, LineFile.firstTime(path).orElse(now));
        } catch (IOException failure) {
            file.close();
            throw failure;
        }
    }

    /** The files that are there, the growing one last. */
    public static List<Path> parts(Path path) {
        return new FilesAside(path).all();
    }

    /** What the last process left unfinished, and was cut off when the file was opened. */
    public Optional<TailCut> tailCut() {
        return tornTail().map(torn -> torn.event(path.getFileName().toString()));
    }

    Optional<TornTail> tornTail() {
        return file.tornTail();
    }

    /** Bytes of the growing file. */
    public long length() {
        return file.length();
    }

    /** Adds bytes that end in a line feed. If that fails, the next call first removes what this one left. */
    public void append(byte[] lines) throws IOException {
        file.append(lines);
    }

    void append(String line) throws IOException {
        file.append(line);
    }

    /** Whether it is time for {@link #setAside}. */
    public boolean isDue(Instant now) {
        boolean isOld = rotation.maxAge().isPresent()
                && file.length() > 0
                && begun.plus(rotation.maxAge().get()).isBefore(now);
        return file.length() >= rotateAt || isOld;
    }

    /** Begins the next file. If that fails, this one goes on, and is due again when as much has been added. */
    public void setAside(Instant now) throws IOException {
        rotateAt = file.length() + rotation.fileSize();
        begun = now;
        aside.add();
        LineFile next = LineFile.open(path);
        file.close();
        file = next;
        rotateAt = rotation.fileSize();
    }

    /** As {@link Retained#deleteSurplus}. The newest file aside stays while the growing one is empty: it ends what is known. */
    public List<FileDeleted> deleteSurplus(Instant now) throws IOException {
        List<Path> newestFirst = aside.newestFirst();
        DeletedFiles deleted = new DeletedFiles(kind);
        int spared = file.length() == 0 ? 1 : 0;
        for (int i = newestFirst.size() - 1; i >= spared; i--) {
            Path part = newestFirst.get(i);
            int newer = i + 1;
            deleted.delete(part, part.getFileName().toString(), written -> rotation.surplus(newer, written, now));
        }
        return deleted.events();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
