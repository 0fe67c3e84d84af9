package dev.freshet.model.checkpoint;

import static dev.freshet.model.checkpoint.Snapshots.snapshot;
import static dev.freshet.model.checkpoint.Snapshots.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.model.rollout.PolicyVersion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a full disk or a kill in the middle of a write or a deletion leaves behind. */
class InterruptedCheckpointTest {
    @TempDir
    Path root;

    @Test
    void aDiskThatFillsUpAtAnyByteLeavesTheOldCheckpointsAndNothingElse() throws IOException {
        CheckpointStore store = new CheckpointStore(root, new CheckpointRetention(1, 0));
        long needed = store.write(snapshot(1), state(1)).bytes();
        // The next one's state is as long or a little longer, so every budget is too small.
        for (long room = 0; room < needed; room += 29) {
            CheckpointStore nearlyFull = new CheckpointStore(root, new CheckpointRetention(1, 0), disk(room));

            assertThatThrownBy(() -> nearlyFull.write(snapshot(2), state(2)))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessage("checkpoint " + root.resolve("step-000002")
                            + " could not be written: java.io.IOException: No space left on device");

            assertThat(names()).containsExactly("step-000001");
        }
        assertThat(store.open(store.directory(new PolicyVersion(1))).state()).isEqualTo(state(1));
    }

    @Test
    void aFullDiskLeavesTheOldCheckpointOfTheSameVersion() throws IOException {
        CheckpointStore store = new CheckpointStore(root, new CheckpointRetention(1, 0));
        store.write(snapshot(1), state(1));

        assertThatThrownBy(() -> new CheckpointStore(root, new CheckpointRetention(1, 0), disk(700))
                        .write(snapshot(1), state(1)))
                .isInstanceOf(CheckpointException.class);

        assertThat(names()).containsExactly("step-000001");
        assertThat(store.newestGood().refused()).isEmpty();
    }

    @Test
    void aFailureThatIsNotOfTheDiskCleansUpToo() throws IOException {
        CheckpointStore store = new CheckpointStore(root, new CheckpointRetention(1, 0), channel -> {
            throw new IllegalStateException("closed");
        });

        assertThatThrownBy(() -> store.write(snapshot(1), state(1))).isInstanceOf(IllegalStateException.class);

        assertThat(names()).isEmpty();
    }

    @Test
    void theNextWriteSucceedsWhenThereIsRoomAgain() {
        assertThatThrownBy(() -> new CheckpointStore(root, new CheckpointRetention(1, 0), disk(100))
                        .write(snapshot(1), state(1)))
                .isInstanceOf(CheckpointException.class);

        Path path = new CheckpointStore(root, new CheckpointRetention(1, 0))
                .write(snapshot(1), state(1))
                .path();

        assertThat(Checkpoint.open(path).state()).isEqualTo(state(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {".writing-step-000002", ".deleting-step-000002", ".replaced-step-000001"})
    void leftoversAreRemovedAndNamed(String leftover) throws IOException {
        CheckpointStore store = new CheckpointStore(root, new CheckpointRetention(1, 0));
        store.write(snapshot(1), state(1));
        Files.writeString(Files.createDirectory(root.resolve(leftover)).resolve("model.safetensors"), "half");

        assertThat(store.versions()).containsExactly(new PolicyVersion(1));
        assertThat(store.removeLeftovers()).containsExactly(leftover);

        assertThat(names()).containsExactly("step-000001");
        assertThat(store.removeLeftovers()).isEmpty();
    }

    @Test
    void aCheckpointThatSteppedAsideForOneThatNeverCameIsPutBack() throws IOException {
        CheckpointStore store = new CheckpointStore(root, new CheckpointRetention(1, 0));
        Path path = store.write(snapshot(1), state(1)).path();
        Files.move(path, root.resolve(".replaced-step-000001"));
        Files.createDirectory(root.resolve(".writing-step-000001"));

        assertThat(store.removeLeftovers()).containsExactly(".replaced-step-000001", ".writing-step-000001");

        assertThat(names()).containsExactly("step-000001");
        assertThat(store.open(path).state()).isEqualTo(state(1));
    }

    @Test
    void strangersAreLeftAlone() throws IOException {
        Files.createDirectory(root.resolve("notes"));
        Files.writeString(root.resolve("README"), "mine");
        CheckpointStore store = new CheckpointStore(root, new CheckpointRetention(1, 0));

        assertThat(store.removeLeftovers()).isEmpty();
        store.write(snapshot(1), state(1));

        assertThat(names()).containsExactly("README", "notes", "step-000001");
        assertThat(store.versions()).containsExactly(new PolicyVersion(1));
    }

    @Test
    void aWriteIsNotHinderedByItsOwnLeftover() throws IOException {
        Files.writeString(
                Files.createDirectory(root.resolve(".writing-step-000001")).resolve("model.safetensors"), "half");
        CheckpointStore store = new CheckpointStore(root, new CheckpointRetention(1, 0));

        store.write(snapshot(1), state(1));

        assertThat(names()).containsExactly("step-000001");
    }

    /** A disk that all files of a checkpoint share, with {@code room} bytes left. */
    private static UnaryOperator<WritableByteChannel> disk(long room) {
        long[] left = {room};
        return file -> new WritableByteChannel() {
            @Override
            public int write(ByteBuffer source) throws IOException {
                if (left[0] == 0) {
                    throw new IOException("No space left on device");
                }
                int fits = (int) Math.min(left[0], source.remaining());
                int written = file.write(source.slice(source.position(), fits));
                source.position(source.position() + written);
                left[0] -= written;
                return written;
            }

            @Override
            public boolean isOpen() {
                return file.isOpen();
            }

            @Override
            public void close() throws IOException {
                file.close();
            }
        };
    }

    private List<String> names() throws IOException {
        return Directories.children(root).stream()
                .map(child -> child.getFileName().toString())
                .toList();
    }
}
