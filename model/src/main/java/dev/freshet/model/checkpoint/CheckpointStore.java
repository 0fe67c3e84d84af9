package dev.freshet.model.checkpoint;

import dev.freshet.model.checkpoint.NewestCheckpoint.Refused;
import dev.freshet.model.learning.LearnerSnapshot;
import dev.freshet.model.rollout.PolicyVersion;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * A run's checkpoints, one directory each. A checkpoint is there whole or not at all: it is written aside, forced to the disk,
 * its manifest last, and then renamed. One process may write; any may read meanwhile. Methods block on the disk.
 */
public final class CheckpointStore {
    private final Path root;
    private final CheckpointRetention retention;
    private final UnaryOperator<WritableByteChannel> disk;
    private final List<DeletedCheckpoint> deleted = new ArrayList<>();
    private Optional<PolicyVersion> newestWritten = Optional.empty();

    /** Of a checkpoint that was written, while something older could not be deleted. */
    private boolean surplusLeft;

    /**
     * Touches no file.
     *
     * @param root the run's {@code checkpoints} directory, made when it is first written to
     * @param retention which checkpoints a written one leaves there
     */
    public CheckpointStore(Path root, CheckpointRetention retention) {
        this(root, retention, UnaryOperator.identity());
    }

    /** What is written to a file passes through {@code disk} on its way. */
    CheckpointStore(Path root, CheckpointRetention retention, UnaryOperator<WritableByteChannel> disk) {
        this.root = root;
        this.retention = retention;
        this.disk = disk;
    }

    /**
     * Cleans up after a process that died while it wrote or deleted; to be called at start by whoever holds the run's lock.
     *
     * @return what was found, by name
     */
    public synchronized List<String> removeLeftovers() {
        if (!Files.isDirectory(root)) {
            return List.of();
        }
        try {
            List<String> found = new ArrayList<>();
            for (Path child : Directories.children(root)) {
                String name = child.getFileName().toString();
                if (removeOrRestore(child, name)) {
                    found.add(name);
                }
            }
            return List.copyOf(found);
        } catch (IOException e) {
            throw new CheckpointException("leftovers in " + root + " could not be removed: " + e, e);
        }
    }

    private boolean removeOrRestore(Path child, String name) throws IOException {
        if (name.startsWith(CheckpointName.REPLACED)) {
            Path original = root.resolve(name.substring(CheckpointName.REPLACED.length()));
            if (Files.notExists(original)) {
                Directories.rename(child, original);
                Directories.force(root);
                return true;
            }
        }
        boolean leftover = name.startsWith(CheckpointName.WRITING)
                || name.startsWith(CheckpointName.REPLACED)
                || name.startsWith(CheckpointName.DELETING);
        if (leftover) {
            deleted.add(new DeletedCheckpoint(name, bytes(child), DeletedCheckpoint.Why.UNFINISHED));
            Directories.delete(child);
        }
        return leftover;
    }

    /**
     * Writes a checkpoint, over an older one of the same version if there is one, and then deletes those that are too many; what
     * the disk does not delete is left to {@link #deleteLeftSurplus}. When it throws, the checkpoints that were there are still
     * there.
     *
     * @throws CheckpointException when the disk does not take it
     */
    public synchronized WrittenCheckpoint write(LearnerSnapshot snapshot, TrainingState state) {
        if (!snapshot.version().equals(state.version()) || snapshot.optimizerSteps() != state.optimizerSteps()) {
            throw new IllegalArgumentException("state must be that of the snapshot, which is " + snapshot.version()
                    + " after " + snapshot.optimizerSteps() + " optimizer steps, was " + state.version() + " after "
                    + state.optimizerSteps());
        }
        long started = System.nanoTime();
        Path place = directory(state.version());
        long bytes;
        try {
            bytes = writeWhole(place, snapshot, state);
        } catch (IOException e) {
            throw new CheckpointException("checkpoint " + place + " could not be written: " + e, e);
        }
        double seconds = (System.nanoTime() - started) / 1e9;
        newestWritten = Optional.of(state.version());
        try {
            deleteSurplus(state.version());
        } catch (IOException undeleted) {
            surplusLeft = true;
        }
        return new WrittenCheckpoint(place, bytes, seconds);
    }

    private long writeWhole(Path place, LearnerSnapshot snapshot, TrainingState state) throws IOException {
        if (Files.notExists(root)) {
            Files.createDirectories(root);
            Directories.force(root.resolve(".."));
        }
        Path aside = root.resolve(CheckpointName.WRITING + place.getFileName());
        deleteIfThere(aside);
        try {
            long bytes = new CheckpointWriter(aside, disk).write(snapshot, state);
            putInPlace(aside, place);
            return bytes;
        } catch (IOException | RuntimeException | Error failure) {
            try {
                deleteIfThere(aside);
            } catch (IOException alsoFailed) {
                failure.addSuppressed(alsoFailed);
            }
            throw failure;
        }
    }

    private void putInPlace(Path aside, Path place) throws IOException {
        if (Files.notExists(place)) {
            Directories.rename(aside, place);
            Directories.force(root);
            return;
        }
        // A directory cannot be renamed over another, so the old one steps aside; removeLeftovers puts it back if we
        // die here.
        Path replaced = root.resolve(CheckpointName.REPLACED + place.getFileName());
        deleteIfThere(replaced);
        Directories.rename(place, replaced);
        try {
            Directories.rename(aside, place);
        } catch (IOException failure) {
            Directories.rename(replaced, place);
            throw failure;
        }
        Directories.force(root);
        try {
            Directories.delete(replaced);
        } catch (IOException undeleted) {
            surplusLeft = true;
        }
    }

    /** Newer ones can only be damaged ones, which a resumed run has passed over: they neither count nor go. */
    private void deleteSurplus(PolicyVersion written) throws IOException {
        List<PolicyVersion> candidates = candidates(written);
        Set<PolicyVersion> kept = retention.kept(candidates, readableStates(candidates));
        for (PolicyVersion version : candidates) {
            if (!kept.contains(version)) {
                delete(version, DeletedCheckpoint.Why.TOO_MANY);
            }
        }
    }

    /**
     * Deletes what the disk did not delete when a checkpoint was written.
     *
     * @throws CheckpointException when it still does not; the next call tries again
     */
    public synchronized void deleteLeftSurplus() {
        if (!surplusLeft) {
            return;
        }
        try {
            deleteSurplus(newestWritten.orElseThrow());
            for (Path child : Directories.children(root)) {
                if (isHalfDeleted(child.getFileName().toString())) {
                    Directories.delete(child);
                }
            }
        } catch (IOException e) {
            throw new CheckpointException(
                    "checkpoints in " + root + " that are too many could not be deleted: " + e, e);
        }
        surplusLeft = false;
    }

    private boolean isHalfDeleted(String name) {
        return name.startsWith(CheckpointName.DELETING)
                || (name.startsWith(CheckpointName.REPLACED)
                        && Files.exists(root.resolve(name.substring(CheckpointName.REPLACED.length()))));
    }

    /**
     * Deletes those last touched before {@code time}, but for the newest and the best. Does nothing before this process has
     * written one: until then the newest that is there may be a damaged one, and an old one all there is.
     *
     * @throws CheckpointException when the disk does not do it
     */
    public synchronized void deleteOlderThan(Instant time) {
        if (newestWritten.isEmpty()) {
            return;
        }
        try {
            List<PolicyVersion> candidates = candidates(newestWritten.get());
            Set<PolicyVersion> kept =
                    new CheckpointRetention(1, retention.best()).kept(candidates, readableStates(candidates));
            for (PolicyVersion version : candidates) {
                FileTime touched = Files.getLastModifiedTime(directory(version));
                if (!kept.contains(version) && touched.toInstant().isBefore(time)) {
                    delete(version, DeletedCheckpoint.Why.TOO_OLD);
                }
            }
        } catch (IOException e) {
            throw new CheckpointException("old checkpoints in " + root + " could not be deleted: " + e, e);
        }
    }

    /** What was deleted, by either rule, since this was last asked. */
    public synchronized List<DeletedCheckpoint> takeDeleted() {
        List<DeletedCheckpoint> taken = List.copyOf(deleted);
        deleted.clear();
        return taken;
    }

    private List<PolicyVersion> candidates(PolicyVersion written) {
        return versions().stream()
                .filter(version -> version.compareTo(written) <= 0 && !version.equals(PolicyVersion.INITIAL))
                .toList();
    }

    private void delete(PolicyVersion version, DeletedCheckpoint.Why why) throws IOException {
        Path directory = directory(version);
        long bytes = bytes(directory);
        Path deleting = root.resolve(CheckpointName.DELETING + CheckpointName.of(version));
        deleteIfThere(deleting);
        // Renamed first, so that a half-deleted directory never bears a checkpoint's name.
        Directories.rename(directory, deleting);
        deleted.add(new DeletedCheckpoint(CheckpointName.of(version), bytes, why));
        Directories.delete(deleting);
    }

    private static long bytes(Path directory) throws IOException {
        long bytes = 0;
        for (Path file : Directories.children(directory)) {
            bytes += Files.size(file);
        }
        return bytes;
    }

    private List<TrainingState> readableStates(List<PolicyVersion> versions) throws IOException {
        List<TrainingState> states = new ArrayList<>();
        for (PolicyVersion version : versions) {
            readableState(version).ifPresent(states::add);
        }
        return states;
    }

    /** Empty for a damaged one: it has no score, and is named when somebody wants to go on from it. */
    private Optional<TrainingState> readableState(PolicyVersion version) throws IOException {
        try {
            return Optional.of(CheckpointJson.read(directory(version).resolve(Manifest.STATE), TrainingState.class));
        } catch (CheckpointException damaged) {
            return Optional.empty();
        }
    }

    private static void deleteIfThere(Path directory) throws IOException {
        if (Files.exists(directory)) {
            Directories.delete(directory);
        }
    }

    /** The versions that have a directory, whole or damaged, oldest first. */
    public List<PolicyVersion> versions() {
        if (!Files.isDirectory(root)) {
            return List.of();
        }
        try {
            return Directories.children(root).stream()
                    .map(CheckpointName::versionOf)
                    .flatMap(Optional::stream)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new CheckpointException("checkpoints in " + root + " could not be listed: " + e, e);
        }
    }

    /** Where the checkpoint of {@code version} is, or would be. */
    public Path directory(PolicyVersion version) {
        return root.resolve(CheckpointName.of(version));
    }

    /** As {@link Checkpoint#open}. */
    public Checkpoint open(Path directory) {
        return Checkpoint.open(directory);
    }

    /**
     * Verifies checkpoints from the newest on, until one is whole.
     *
     * @throws ForeignCheckpointException at one that may be whole, but not for this process: what is older is not what was wanted
     */
    public NewestCheckpoint newestGood() {
        List<Refused> refused = new ArrayList<>();
        List<PolicyVersion> newestFirst = new ArrayList<>(versions());
        Collections.reverse(newestFirst);
        for (PolicyVersion version : newestFirst) {
            try {
                return new NewestCheckpoint(Optional.of(open(directory(version))), refused);
            } catch (ForeignCheckpointException e) {
                throw new ForeignCheckpointException(
                        e.getMessage() + "; to go on from an older one all the same, move it out of " + root, e);
            } catch (CheckpointException e) {
                refused.add(new Refused(directory(version), String.valueOf(e.getMessage())));
            }
        }
        return new NewestCheckpoint(Optional.empty(), refused);
    }
}
