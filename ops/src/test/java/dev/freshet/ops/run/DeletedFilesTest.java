package dev.freshet.ops.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.streams.PipelineEvent.FileDeleted;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeletedFilesTest {
    @TempDir
    private Path folder;

    private final DeletedFiles deleted = new DeletedFiles("logs");
    private Path undeletable;

    @BeforeEach
    void makeOneThatCannotBeDeleted() throws IOException {
        undeletable = Files.createDirectories(folder.resolve("full"));
        Files.createFile(undeletable.resolve("file"));
    }

    @Test
    void whatWasDeletedBeforeAFailureIsToldOf() throws IOException {
        assertThat(delete(file("old"))).isTrue();
        assertThat(deleted.delete(file("kept"), "kept", written -> Optional.empty()))
                .isFalse();
        assertThat(delete(undeletable)).isFalse();
        assertThat(delete(file("newer"))).isFalse();

        assertThat(deleted.events()).containsExactly(new FileDeleted("logs", "old", 3, "too old"));
        assertThat(folder.resolve("old")).doesNotExist();
        assertThat(folder.resolve("kept")).exists();
        assertThat(folder.resolve("newer")).exists();
    }

    @Test
    void aFailureBeforeAllElseIsThrown() {
        assertThatThrownBy(() -> delete(undeletable)).isInstanceOf(DirectoryNotEmptyException.class);
        assertThat(deleted.events()).isEmpty();
    }

    private boolean delete(Path file) throws IOException {
        return deleted.delete(file, file.getFileName().toString(), written -> Optional.of("too old"));
    }

    private Path file(String name) throws IOException {
        return Files.writeString(folder.resolve(name), "abc");
    }
}
