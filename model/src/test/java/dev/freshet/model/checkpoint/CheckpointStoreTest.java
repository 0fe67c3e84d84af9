package dev.freshet.model.checkpoint;

import static dev.freshet.model.checkpoint.Snapshots.snapshot;
import static dev.freshet.model.checkpoint.Snapshots.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.safetensors.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointStoreTest {
    @TempDir
    Path run;

    private Path root;

    @BeforeEach
    void nameTheRoot() {
        root = run.resolve("checkpoints");
    }

    @Test
    void aCheckpointComesBackAsItWasWritten() throws IOException {
        WrittenCheckpoint written = store(3).write(snapshot(120), state(120));

        Checkpoint read = store(3).open(written.path());

        assertThat(written.path()).isEqualTo(root.resolve("step-000120"));
        assertThat(read.directory()).isEqualTo(written.path());
        assertThat(read.state()).isEqualTo(state(120));
        assertThat(read.weights()).isEqualTo(snapshot(120).weights());
        assertThat(read.optimizer()).isEqualTo(snapshot(120).optimizer());
        assertThat(written.seconds()).isPositive();
        long bytes = 0;
        for (Path file : Directories.children(written.path())) {
            bytes += Files.size(file);
        }
        assertThat(written.bytes()).isEqualTo(bytes);
    }

    @Test
    void theFilesAreThoseOfTheRunDirectory() throws IOException {
        Path directory = store(3).write(snapshot(1), state(1)).path();

        assertThat(Directories.children(directory))
                .extracting(file -> file.getFileName().toString())
                .containsExactly("manifest.json", "model.safetensors", "optimizer.safetensors", "state.json");
        assertThat(SafetensorsFile.open(directory.resolve("model.safetensors")).metadata())
                .containsEntry("format", "pt");
    }

    @Test
    void equalStatesMakeEqualFiles() throws IOException {
        Path first = store(3).write(snapshot(5), state(5)).path();
        Path second = new CheckpointStore(run.resolve("other"), new CheckpointRetention(3, 0))
                .write(snapshot(5), state(5))
                .path();

        for (Path file : Directories.children(first)) {
            assertThat(second.resolve(file.getFileName())).hasSameBinaryContentAs(file);
        }
    }

    @Test
    void aCheckpointCanBeCopiedUnderAnyOtherName() throws IOException {
        Path written = store(3).write(snapshot(5), state(5)).path();
        Path copy = Files.move(written, run.resolve("my-best"));

        assertThat(Checkpoint.open(copy).state()).isEqualTo(state(5));
    }

    @Test
    void tensorsStayReadableWhenTheirCheckpointIsDeleted() {
        Checkpoint read = store(1).open(store(1).write(snapshot(1), state(1)).path());
        store(1).write(snapshot(2), state(2));

        assertThat(read.directory()).doesNotExist();
        assertThat(read.weights()).isEqualTo(snapshot(1).weights());
    }

    @Test
    void keepsTheLastOnesAndTheInitialOne() throws IOException {
        for (long version : List.of(0, 10, 20, 30, 40)) {
            store(2).write(snapshot(version), state(version));
        }

        assertThat(names()).containsExactly("step-000000", "step-000030", "step-000040");
        assertThat(store(2).versions())
                .containsExactly(PolicyVersion.INITIAL, new PolicyVersion(30), new PolicyVersion(40));
    }

    @Test
    void tellsWhatItDeletedAndWhy() throws IOException {
        CheckpointStore store = store(2);
        for (long version : List.of(0, 10, 20, 30)) {
            store.write(snapshot(version), state(version));
        }
        Files.createDirectories(root.resolve(CheckpointName.WRITING + "step-000040"));
        assertThat(store.removeLeftovers()).hasSize(1);

        assertThat(store.takeDeleted())
                .extracting(DeletedCheckpoint::name, DeletedCheckpoint::why)
                .containsExactly(
                        tuple("step-000010", DeletedCheckpoint.Why.TOO_MANY),
                        tuple(CheckpointName.WRITING + "step-000040", DeletedCheckpoint.Why.UNFINISHED));
        assertThat(store.takeDeleted()).isEmpty();
    }

    @Test
    void deletesWhatIsTooOldButNotTheNewestAndNothingBeforeItHasWrittenOne() throws IOException {
        Instant old = Instant.parse("2026-11-01T00:00:00Z");
        for (long version : List.of(0, 10, 20)) {
            Path written = store(9).write(snapshot(version), state(version)).path();
            Files.setLastModifiedTime(written, FileTime.from(old));
        }
        CheckpointStore store = store(9);
        store.deleteOlderThan(old.plusSeconds(1));
        assertThat(names()).containsExactly("step-000000", "step-000010", "step-000020");

        Path newest = store.write(snapshot(30), state(30)).path();
        Files.setLastModifiedTime(newest, FileTime.from(old));
        Files.setLastModifiedTime(root.resolve("step-000020"), FileTime.from(old.plusSeconds(2)));
        store.deleteOlderThan(old.plusSeconds(1));
        assertThat(names()).containsExactly("step-000000", "step-000020", "step-000030");
        assertThat(store.takeDeleted()).singleElement().satisfies(deleted -> {
            assertThat(deleted.name()).isEqualTo("step-000010");
            assertThat(deleted.bytes()).isPositive();
            assertThat(deleted.why()).isEqualTo(DeletedCheckpoint.Why.TOO_OLD);
        });
    }

    @Test
    void versionsBeyondSixDigitsAreStillInOrder() throws IOException {
        for (long version : List.of(999_999, 1_000_000, 1_000_001)) {
            store(2).write(snapshot(version), state(version));
        }

        assertThat(names()).containsExactly("step-1000000", "step-1000001");
        assertThat(store(2).newestGood().checkpoint().orElseThrow().state().version())
                .isEqualTo(new PolicyVersion(1_000_001));
    }

    @Test
    void aDamagedNewerOneNeitherCountsNorGoesWhenAnOlderOneIsWritten() throws IOException {
        store(1).write(snapshot(12), state(12));
        store(1).write(snapshot(11), state(11));

        assertThat(names()).containsExactly("step-000011", "step-000012");
    }

    @Test
    void anotherCheckpointOfTheSameVersionReplacesTheOlder() throws IOException {
        Path directory = store(2).write(snapshot(7), state(7)).path();
        Files.writeString(directory.resolve("state.json"), "damaged");

        store(2).write(snapshot(7), state(7));

        assertThat(names()).containsExactly("step-000007");
        assertThat(store(2).open(directory).state()).isEqualTo(state(7));
    }

    @Test
    void theBestStayBesideTheNewest() throws IOException {
        CheckpointStore store = new CheckpointStore(root, new CheckpointRetention(1, 2));
        double[] rewards = {0.1, 0.9, 0.3, 0.9, 0.5, 0.2};
        for (int version = 0; version < rewards.length; version++) {
            store.write(snapshot(version), state(version).withScore(TrainingState.MEAN_REWARD, rewards[version]));
        }

        assertThat(names()).containsExactly("step-000000", "step-000001", "step-000003", "step-000005");
    }

    @Test
    void heldOutScoresCountWhereAllHaveThem() throws IOException {
        CheckpointStore store = new CheckpointStore(root, new CheckpointRetention(1, 1));
        store.write(snapshot(1), scored(1, 0.9, 0.4));
        store.write(snapshot(2), scored(2, 0.5, 0.8));
        store.write(snapshot(3), scored(3, 0.1, 0.1));
        assertThat(names()).containsExactly("step-000002", "step-000003");

        // This one has no held-out score, so that all are told by their mean reward.
        store.write(snapshot(4), state(4).withScore(TrainingState.MEAN_REWARD, 0.6));
        store.write(snapshot(5), state(5).withScore(TrainingState.MEAN_REWARD, 0.2));

        assertThat(names()).containsExactly("step-000004", "step-000005");
    }

    @Test
    void aDamagedStateHasNoScoreAndHoldsNobodyUp() throws IOException {
        CheckpointStore store = new CheckpointStore(root, new CheckpointRetention(1, 1));
        Path best = store.write(snapshot(1), state(1).withScore(TrainingState.MEAN_REWARD, 0.9))
                .path();
        Files.writeString(best.resolve("state.json"), "damaged");

        store.write(snapshot(2), state(2));
        store.write(snapshot(3), state(3));

        assertThat(names()).containsExactly("step-000003");
    }

    @Test
    void oneThatIsWrittenIsNotFailedByAnOlderOneThatCannotBeDeleted() throws IOException {
        CheckpointStore store = store(1);
        Path older = store.write(snapshot(1), state(1)).path();
        Path broken = Files.createSymbolicLink(older.resolve("link"), run.resolve("gone")); // It has no size.

        Path written = store.write(snapshot(2), state(2)).path();

        assertThat(store.open(written).state()).isEqualTo(state(2));
        assertThatThrownBy(store::deleteLeftSurplus)
                .isInstanceOf(CheckpointException.class)
                .hasMessageStartingWith("checkpoints in " + root + " that are too many could not be deleted: ");
        assertThat(names()).containsExactly("step-000001", "step-000002");

        Files.delete(broken);
        Files.createDirectory(root.resolve(CheckpointName.DELETING + "step-000000"));
        store.deleteLeftSurplus();
        assertThat(names()).containsExactly("step-000002");
        assertThat(store.takeDeleted()).extracting(DeletedCheckpoint::name).containsExactly("step-000001");
    }

    private static TrainingState scored(long version, double meanReward, double passAt1) {
        return state(version)
                .withScore(TrainingState.MEAN_REWARD, meanReward)
                .withScore(TrainingState.PASS_AT_1, passAt1);
    }

    @Test
    void aStateOfAnotherVersionIsNotWritten() {
        assertThatThrownBy(() -> store(2).write(snapshot(7), state(8)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("state must be that of the snapshot, which is v7 after 14 optimizer steps,"
                        + " was v8 after 16");
        assertThat(root).doesNotExist();
    }

    @Test
    void noCheckpointsAreNoFailure() {
        assertThat(store(1).newestGood()).isEqualTo(new NewestCheckpoint(Optional.empty(), List.of()));
        assertThat(store(1).versions()).isEmpty();
        assertThat(store(1).removeLeftovers()).isEmpty();
    }

    @Test
    void keepingNoneIsRefused() {
        assertThatThrownBy(() -> store(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("checkpoints to keep must be at least 1, was 0");
    }

    private CheckpointStore store(int keepLast) {
        return new CheckpointStore(root, new CheckpointRetention(keepLast, 0));
    }

    private List<String> names() throws IOException {
        return Directories.children(root).stream()
                .map(child -> child.getFileName().toString())
                .toList();
    }
}
