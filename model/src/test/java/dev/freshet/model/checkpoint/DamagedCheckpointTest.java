package dev.freshet.model.checkpoint;

import static dev.freshet.model.checkpoint.Snapshots.snapshot;
import static dev.freshet.model.checkpoint.Snapshots.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.freshet.model.rollout.PolicyVersion;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DamagedCheckpointTest {
    @TempDir
    Path root;

    private CheckpointStore store;
    private Path newest;

    @BeforeEach
    void writeThree() {
        store = new CheckpointStore(root, new CheckpointRetention(3, 0));
        store.write(snapshot(10), state(10));
        store.write(snapshot(20), state(20));
        newest = store.write(snapshot(30), state(30)).path();
    }

    @ParameterizedTest
    @ValueSource(strings = {"model.safetensors", "optimizer.safetensors", "state.json"})
    void oneWrongByteIsFound(String name) throws IOException {
        flip(newest.resolve(name), Files.size(newest.resolve(name)) - 2, 1);

        assertThatThrownBy(() -> store.open(newest))
                .isInstanceOf(CheckpointException.class)
                .hasMessageMatching("\\Qcheckpoint " + newest + " refused: " + name
                        + "\\E must have SHA-256 [0-9a-f]{64}, had [0-9a-f]{64}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"model.safetensors", "optimizer.safetensors", "state.json"})
    void aFileCutShortIsFound(String name) throws IOException {
        long bytes = Files.size(newest.resolve(name));
        truncate(newest.resolve(name), bytes - 1);

        assertThatThrownBy(() -> store.open(newest))
                .hasMessage("checkpoint " + newest + " refused: " + name + " must have " + bytes + " bytes, had "
                        + (bytes - 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"model.safetensors", "optimizer.safetensors", "state.json"})
    void aMissingFileIsFound(String name) throws IOException {
        Files.delete(newest.resolve(name));

        assertThatThrownBy(() -> store.open(newest))
                .hasMessage("checkpoint " + newest + " refused: " + name + " is missing");
    }

    @Test
    void aCheckpointWithoutManifestWasNotWrittenToItsEnd() throws IOException {
        Files.delete(newest.resolve("manifest.json"));

        assertThatThrownBy(() -> store.open(newest))
                .hasMessage(
                        "checkpoint " + newest + " refused: manifest.json is missing: it was not written to its end");
    }

    @Test
    void aMissingDirectoryIsRefused() {
        Path nowhere = root.resolve("step-000031");

        assertThatThrownBy(() -> store.open(nowhere))
                .isInstanceOf(CheckpointException.class)
                .hasMessage("checkpoint " + nowhere + " refused: no such directory");
    }

    @Test
    void aCheckpointUnderTheNameOfAnotherStepIsRefused() throws IOException {
        Path renamed = Files.move(newest, root.resolve("step-000040"));

        assertThatThrownBy(() -> store.open(renamed))
                .hasMessage("checkpoint " + renamed
                        + " refused: state.json must have the version that step-000040 names, had 30");
    }

    @Test
    void aFileOfTensorsThatTheManifestVouchesForIsStillChecked() throws IOException {
        Path model = newest.resolve("model.safetensors");
        Files.writeString(model, "not tensors at all");
        rewriteManifest(model);

        assertThatThrownBy(() -> store.open(newest))
                .isInstanceOf(CheckpointException.class)
                .hasMessageStartingWith(
                        "checkpoint " + newest + " refused: " + model + ": header must have at most 16777216 bytes");
    }

    @Test
    void theNewestGoodOneIsFoundAndTheOthersAreNamed() throws IOException {
        flip(newest.resolve("model.safetensors"), 200, 4);
        Files.delete(root.resolve("step-000020/manifest.json"));

        NewestCheckpoint found = store.newestGood();

        assertThat(found.checkpoint().orElseThrow().state().version()).isEqualTo(new PolicyVersion(10));
        assertThat(found.refused())
                .extracting(NewestCheckpoint.Refused::directory)
                .containsExactly(newest, root.resolve("step-000020"));
        assertThat(found.refused().get(0).reason())
                .contains("step-000030 refused: model.safetensors must have SHA-256");
        assertThat(found.refused().get(1).reason()).contains("step-000020 refused: manifest.json is missing");
    }

    /** An older one would be another run's beginning: what the newest holds would be learnt anew, and then written over. */
    @Test
    void oneOfANewerFormatVersionIsNotPassedOver() throws IOException {
        Path manifest = newest.resolve("manifest.json");
        Files.writeString(
                manifest, Files.readString(manifest).replace("\"format_version\" : 2", "\"format_version\" : 3"));

        assertThatThrownBy(store::newestGood)
                .isInstanceOf(ForeignCheckpointException.class)
                .hasMessage("checkpoint " + newest + " refused: manifest.json: format_version must be 1 or 2, was 3:"
                        + " read it with the Freshet that wrote it; to go on from an older one all the same, move it out of "
                        + root);
    }

    @Test
    void whenAllAreDamagedNoneIsFound() throws IOException {
        for (Path directory : Directories.children(root)) {
            Files.delete(directory.resolve("state.json"));
        }

        NewestCheckpoint found = store.newestGood();

        assertThat(found.checkpoint()).isEmpty();
        assertThat(found.refused()).hasSize(3);
    }

    static Stream<Arguments> editsOfTheManifest() {
        return Stream.of(
                arguments("\"format_version\" : 2", "\"format_version\" : 3", "format_version must be 1 or 2, was 3"),
                arguments("\"format_version\" : 2,", "", "format_version must be 1 or 2, was null"),
                arguments("\"files\"", "\"parts\"", "Missing field 'files'"),
                arguments("\"bytes\"", "\"length\"", "Missing field 'bytes'"),
                arguments("\"state.json\"", "\"../state.json\"", "files must be [state.json, model.safetensors,"),
                arguments("\"state.json\"", "\"model.safetensors\"", "Duplicate field 'model.safetensors'"),
                arguments("}", "", "Unexpected end-of-input"),
                arguments("\"files\"", "\"parts\" : 1, \"files\"", "unknown field parts"),
                arguments("{", "[", "Unexpected character"));
    }

    @ParameterizedTest
    @MethodSource("editsOfTheManifest")
    void aManifestThatIsNotOursIsRefusedByName(String from, String to, String reason) throws IOException {
        Path manifest = newest.resolve("manifest.json");
        Files.writeString(manifest, Files.readString(manifest).replace(from, to));

        assertThatThrownBy(() -> store.open(newest))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("checkpoint " + newest + " refused: manifest.json: " + reason);
    }

    @Test
    void aHugeManifestIsNotRead() throws IOException {
        try (RandomAccessFile file =
                new RandomAccessFile(newest.resolve("manifest.json").toFile(), "rw")) {
            file.setLength(1L << 40);
        }

        assertThatThrownBy(() -> store.open(newest))
                .hasMessage("checkpoint " + newest
                        + " refused: manifest.json must have at most 1048576 bytes, had 1099511627776");
    }

    @Test
    void noDamageIsOverlookedOrThrowsAnythingButARefusal() throws IOException {
        Random random = new Random(5);
        List<Path> files = Directories.children(newest);
        for (int round = 0; round < 400; round++) {
            Path file = files.get(random.nextInt(files.size()));
            byte[] good = Files.readAllBytes(file);
            if (random.nextInt(4) == 0) {
                truncate(file, random.nextInt(good.length));
            } else {
                flip(file, random.nextInt(good.length), 1 << random.nextInt(8));
            }
            try {
                Checkpoint opened = store.open(newest);
                // Only white space of the manifest can change without changing what it says.
                assertThat(file).hasFileName("manifest.json");
                assertThat(opened.state()).isEqualTo(state(30));
            } catch (CheckpointException e) {
                assertThat(e).hasMessageStartingWith("checkpoint " + newest + " refused: ");
            }
            Files.write(file, good, StandardOpenOption.WRITE);
        }
    }

    private void rewriteManifest(Path changed) throws IOException {
        byte[] content = Files.readAllBytes(changed);
        Path scratch = root.resolve("scratch");
        Manifest.Content entry;
        try (DigestingFile file = DigestingFile.create(scratch, channel -> channel)) {
            file.write(ByteBuffer.wrap(content));
            entry = file.force();
        }
        Path manifest = newest.resolve("manifest.json");
        Map<String, Manifest.Content> files =
                new HashMap<>(CheckpointJson.read(manifest, Manifest.class).files());
        files.put(changed.getFileName().toString(), entry);
        Files.write(manifest, CheckpointJson.write(new Manifest(files)));
    }

    private static void flip(Path file, long position, int mask) throws IOException {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(position);
            int old = bytes.read();
            bytes.seek(position);
            bytes.write(old ^ mask);
        }
    }

    private static void truncate(Path file, long bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(bytes);
        }
    }
}
