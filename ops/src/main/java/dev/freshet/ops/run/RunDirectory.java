package dev.freshet.ops.run;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigRenderOptions;
import dev.freshet.actors.RefusedException;
import dev.freshet.actors.RefusedException.Kind;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The folder of one run, held by an operating system's lock until it is closed or the process dies, however it dies. A new run
 * never takes a folder with anything in it; a resumed one only a folder that holds a run. All refusals are
 * {@link RefusedException}s of one line. A process takes a folder once at most: on POSIX, closing a second handle on the lock
 * file would release the first one's lock; and an instance that is forgotten without being closed loses its lock, too.
 */
public final class RunDirectory implements Closeable {
    /** One byte far beyond the text, because some systems let nobody read a locked region. */
    private static final long LOCKED_BYTE = Long.MAX_VALUE - 1;

    private final RunFiles files;
    private final FileChannel lock;

    private RunDirectory(RunFiles files, FileChannel lock) {
        this.files = files;
        this.lock = lock;
    }

    /** Takes a folder for a new run; makes it where there is none. */
    public static RunDirectory create(Path root) {
        RunFiles files = new RunFiles(root);
        try {
            if (Files.exists(files.lock())) {
                lockExisting(files).close(); // Rather "in use by" than "not empty".
            }
            requireEmpty(files);
            Files.createDirectories(files.checkpoints());
            Files.createDirectories(files.rollouts());
            return new RunDirectory(files, lock(files, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE)));
        } catch (IOException failure) {
            throw unwritable(root, failure);
        }
    }

    /** Takes the folder of a run that stopped, to go on with it. */
    public static RunDirectory resume(Path root) {
        RunFiles files = new RunFiles(root);
        if (!holdsRun(root)) {
            throw new RefusedException(
                    Kind.FAILED_PRECONDITION,
                    root + " holds no run to resume: name another with --run-dir, or start one without --resume");
        }
        try {
            return lockExisting(files);
        } catch (IOException failure) {
            throw unwritable(root, failure);
        }
    }

    /** Whether a folder holds a run that can be gone on with; a start that failed leaves none. */
    public static boolean holdsRun(Path root) {
        RunFiles files = new RunFiles(root);
        return Files.exists(files.config()) && Files.exists(files.lock());
    }

    public RunFiles files() {
        return files;
    }

    /**
     * Writes to the disk and forces it, and takes away what it wrote.
     *
     * @param bytes that must be free on it
     */
    public void requireSpace(long bytes) {
        try {
            new DiskProbe(files).require(bytes);
        } catch (IOException failure) {
            throw unwritable(files.root(), failure);
        }
    }

    /**
     * Writes the settings under {@code freshet}, resolved. Settings that an earlier attempt used and that differ are kept
     * beside them, as {@code config.1.conf}, {@code config.2.conf}, ... from the oldest on.
     */
    public void writeConfig(Config config) {
        String text = config.withOnlyPath("freshet")
                .root()
                .render(ConfigRenderOptions.defaults().setOriginComments(false).setJson(false));
        try {
            if (Files.exists(files.config())) {
                if (Files.readString(files.config()).equals(text)) {
                    return;
                }
                // A copy, because a folder without settings is no run, and a process may die at any moment.
                AtomicFile.replace(firstFree(), Files.readString(files.config()));
            }
            AtomicFile.replace(files.config(), text);
        } catch (IOException failure) {
            throw unwritable(files.root(), failure);
        }
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }

    private Path firstFree() {
        int attempt = 1;
        while (Files.exists(earlierConfig(attempt))) {
            attempt++;
        }
        return earlierConfig(attempt);
    }

    private Path earlierConfig(int attempt) {
        return files.config().resolveSibling("config." + attempt + ".conf");
    }

    private static void requireEmpty(RunFiles files) throws IOException {
        if (!Files.exists(files.root())) {
            return;
        }
        Optional<Path> present;
        try (Stream<Path> entries = Files.list(files.root())) {
            present =
                    entries.filter(entry -> !isLeftByFailedStart(files, entry)).findFirst();
        }
        if (present.isPresent()) {
            throw new RefusedException(
                    Kind.FAILED_PRECONDITION,
                    files.root() + " is not empty (it holds " + present.get().getFileName()
                            + "): go on with its run by --resume, or name another folder with --run-dir");
        }
    }

    /** A process that died before its run had settings leaves the lock file and empty folders, which are no run. */
    private static boolean isLeftByFailedStart(RunFiles files, Path entry) {
        boolean isFolder = entry.equals(files.checkpoints()) || entry.equals(files.rollouts());
        return entry.equals(files.lock())
                || entry.equals(files.probe())
                || entry.equals(AtomicFile.aside(files.config()))
                || (isFolder && isEmptyFolder(entry));
    }

    private static boolean isEmptyFolder(Path folder) {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.findAny().isEmpty();
        } catch (IOException unreadable) {
            return false;
        }
    }

    private static RunDirectory lockExisting(RunFiles files) throws IOException {
        return new RunDirectory(files, lock(files, Set.of(StandardOpenOption.WRITE)));
    }

    private static FileChannel lock(RunFiles files, Set<? extends OpenOption> options) throws IOException {
        FileChannel channel = FileChannel.open(files.lock(), options);
        try {
            if (channel.tryLock(LOCKED_BYTE, 1, false) == null) {
                throw heldBy(files, "process " + Files.readString(files.lock()).strip());
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)));
            return channel;
        } catch (OverlappingFileLockException ourOwn) {
            channel.close();
            throw heldBy(files, "this process, " + ProcessHandle.current().pid());
        } catch (IOException | RefusedException failure) {
            channel.close();
            throw failure;
        }
    }

    private static RefusedException heldBy(RunFiles files, String holder) {
        return new RefusedException(
                Kind.FAILED_PRECONDITION,
                files.root() + " is in use by " + holder
                        + ": stop that process first, or name another folder with --run-dir");
    }

    private static RefusedException unwritable(Path root, IOException failure) {
        return new RefusedException(
                Kind.FAILED_PRECONDITION,
                "cannot write run directory " + root + " (" + failure
                        + "): name a folder on a writable disk with --run-dir, or set freshet.run.directory");
    }
}
