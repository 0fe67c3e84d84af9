package dev.freshet.model.checkpoint;

import static dev.freshet.model.checkpoint.Snapshots.snapshot;
import static dev.freshet.model.checkpoint.Snapshots.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints among the test's resources, as earlier writers left them. */
class OlderFormatTest {
    private static final String FORMAT_1 = "format-1/step-000003";

    @TempDir
    private Path directory;

    @Test
    void format1HasAllButParametersRollbacksAndScores() throws Exception {
        Checkpoint read = Checkpoint.open(resource(FORMAT_1));

        TrainingState now = state(3);
        assertThat(read.state().parameters()).isEqualTo(SavedParameters.NONE);
        assertThat(read.state().rollbacks()).isEmpty();
        assertThat(read.state().scores()).isEmpty();
        assertThat(read.state().divergence()).isEqualTo(now.divergence());
        assertThat(read.state().divergenceCoefficient()).isEqualTo(now.divergenceCoefficient());
        assertThat(read.state().groups()).isEqualTo(now.groups());
        assertThat(read.state().provenance()).isEqualTo(now.provenance());
        assertThat(read.weights()).isEqualTo(snapshot(3).weights());
        assertThat(read.optimizer()).isEqualTo(snapshot(3).optimizer());
    }

    @Test
    void aFieldThatFormat1DidNotHaveIsRefusedInIt() throws Exception {
        Path state = directory.resolve("state.json");
        String json = Files.readString(resource(FORMAT_1).resolve("state.json"));
        Files.writeString(state, json.replace("\"cursor\"", "\"parameters\" : {}, \"cursor\""));

        assertThatThrownBy(() -> CheckpointJson.read(state, TrainingState.class))
                .isInstanceOf(CheckpointException.class)
                .hasMessage("state.json: unknown field parameters");
    }

    private static Path resource(String name) throws URISyntaxException {
        return Path.of(Objects.requireNonNull(OlderFormatTest.class.getResource(name), name)
                .toURI());
    }
}
