package dev.freshet.model.checkpoint;

import dev.freshet.model.safetensors.SafetensorsException;
import dev.freshet.model.safetensors.SafetensorsFile;
import dev.freshet.model.safetensors.TensorData;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A checkpoint that was found whole. Its tensors are read-only views of mapped files: copy them before writing to them. They stay
 * readable when the store deletes the checkpoint.
 *
 * @param weights as {@link dev.freshet.model.learning.LearnerSnapshot#weights}
 * @param optimizer as {@link dev.freshet.model.learning.LearnerSnapshot#optimizer}
 */
public record Checkpoint(Path directory, TrainingState state, List<TensorData> weights, List<TensorData> optimizer) {
    public Checkpoint {
        weights = List.copyOf(weights);
        optimizer = List.copyOf(optimizer);
    }

    /**
     * Verifies every byte and opens.
     *
     * @throws CheckpointException when it is missing or damaged
     * @throws ForeignCheckpointException when a newer format version wrote it, or this user may not read it
     */
    public static Checkpoint open(Path directory) {
        if (!Files.isDirectory(directory)) {
            throw new CheckpointException("checkpoint " + directory + " refused: no such directory");
        }
        try {
            return verified(directory);
        } catch (ForeignCheckpointException e) {
            throw new ForeignCheckpointException("checkpoint " + directory + " refused: " + e.getMessage(), e);
        } catch (CheckpointException | SafetensorsException e) {
            throw new CheckpointException("checkpoint " + directory + " refused: " + e.getMessage(), e);
        } catch (AccessDeniedException e) {
            throw new ForeignCheckpointException(
                    "checkpoint " + directory + " may not be read by this user: " + e.getMessage()
                            + "; give it to the user that Freshet runs as",
                    e);
        } catch (IOException e) {
            throw new CheckpointException("checkpoint " + directory + " could not be read: " + e, e);
        }
    }

    private static Checkpoint verified(Path directory) throws IOException {
        if (!Files.isExecutable(directory)) {
            throw new AccessDeniedException(directory.toString()); // Else all of its files seem to be missing.
        }
        if (!Files.exists(directory.resolve(Manifest.MANIFEST))) {
            throw new CheckpointException(Manifest.MANIFEST + " is missing: it was not written to its end");
        }
        CheckpointJson.read(directory.resolve(Manifest.MANIFEST), Manifest.class)
                .verify(directory);
        TrainingState state = CheckpointJson.read(directory.resolve(Manifest.STATE), TrainingState.class);
        CheckpointName.checkMatches(directory, state.version());
        return new Checkpoint(
                directory,
                state,
                SafetensorsFile.open(directory.resolve(Manifest.MODEL)).tensors(),
                SafetensorsFile.open(directory.resolve(Manifest.OPTIMIZER)).tensors());
    }
}
