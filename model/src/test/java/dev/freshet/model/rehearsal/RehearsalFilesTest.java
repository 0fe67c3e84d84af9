package dev.freshet.model.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RehearsalFilesTest {
    private static final String REMEDY = " (freshet.rehearsal.from); prepare another with freshet rehearsal";

    @TempDir
    private Path folder;

    private Path directory;

    @BeforeEach
    void write() throws IOException {
        directory = folder.resolve("sets/first");
        RehearsalFiles.write(directory, Sets.set());
    }

    @Test
    void whatIsReadIsWhatWasWritten() {
        assertThat(RehearsalFiles.read(directory)).isEqualTo(Sets.set());
        assertThat(folder.resolve("sets")).isDirectoryContaining(path -> path.equals(directory));
        assertThat(folder.resolve("sets").toFile().list()).hasSize(1);
    }

    @Test
    void equalSetsAreEqualFilesAndHaveOneName() throws IOException {
        Path second = folder.resolve("second");
        RehearsalFiles.write(second, Sets.set());
        assertThat(RehearsalFiles.digest(second)).isEqualTo(RehearsalFiles.digest(directory));
        for (String name : new String[] {RehearsalManifest.NAME, PromptLines.NAME, SequenceTensors.NAME}) {
            assertThat(second.resolve(name)).hasSameBinaryContentAs(directory.resolve(name));
        }
    }

    @Test
    void nothingIsWrittenOver() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RehearsalFiles.write(directory, Sets.set()))
                .withMessage("the directory of a rehearsal set must not exist, " + directory
                        + " does; name another (--out)");
    }

    @Test
    void whatADeadProcessLeftIsNamed() throws IOException {
        Path other = folder.resolve("other");
        Files.createDirectory(folder.resolve("other.writing"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RehearsalFiles.write(other, Sets.set()))
                .withMessageContaining("other.writing exists, which a process that died left: delete it");
        assertThat(other).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {PromptLines.NAME, SequenceTensors.NAME})
    void oneFlippedByteIsFound(String name) throws IOException {
        Path file = directory.resolve(name);
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
        assertRefused(name + " must have SHA-256 ");
    }

    @ParameterizedTest
    @ValueSource(strings = {PromptLines.NAME, SequenceTensors.NAME})
    void aFileCutShortIsFound(String name) throws IOException {
        Path file = directory.resolve(name);
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));
        assertRefused(name + " must have " + bytes.length + " bytes, had " + (bytes.length - 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {PromptLines.NAME, SequenceTensors.NAME})
    void aMissingFileIsFound(String name) throws IOException {
        Files.delete(directory.resolve(name));
        assertRefused(name + " is missing");
    }

    @Test
    void aDirectoryOfSomethingElseIsRefused() throws IOException {
        Files.delete(directory.resolve(RehearsalManifest.NAME));
        assertRefused("manifest.json is missing: it was not written to its end, or is no rehearsal set");
        Files.writeString(directory.resolve(RehearsalManifest.NAME), "{\"files\": {}}");
        assertRefused("manifest.json is not that of a rehearsal set: ");
        Files.writeString(directory.resolve(RehearsalManifest.NAME), "not JSON");
        assertRefused("manifest.json is not that of a rehearsal set: ");
    }

    @Test
    void anotherFormatIsRefused() throws IOException {
        Path manifest = directory.resolve(RehearsalManifest.NAME);
        String text = Files.readString(manifest);
        assertThat(text).contains("\"format_version\" : 1");
        Files.writeString(manifest, text.replace("\"format_version\" : 1", "\"format_version\" : 2"));
        assertRefused("manifest.json: format_version must be 1, was 2: read it with the Freshet that wrote it");
    }

    @Test
    void aManifestThatCountsOtherwiseIsRefused() throws IOException {
        Path manifest = directory.resolve(RehearsalManifest.NAME);
        String text = Files.readString(manifest);
        assertThat(text).contains("\"sequences\" : 2");
        Files.writeString(manifest, text.replace("\"sequences\" : 2", "\"sequences\" : 3"));
        assertRefused("manifest.json says 3 sequences, and there are 2");
    }

    private void assertRefused(String why) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RehearsalFiles.read(directory))
                .withMessageStartingWith("rehearsal set " + directory + " refused: " + why)
                .withMessageEndingWith(REMEDY);
    }
}
