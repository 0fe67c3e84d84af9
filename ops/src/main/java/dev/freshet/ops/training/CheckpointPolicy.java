package dev.freshet.ops.training;

import dev.freshet.model.checkpoint.Checkpoint;
import dev.freshet.model.checkpoint.CheckpointException;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.transformer.DecoderConfig;
import dev.freshet.model.weights.WeightRegistry;
import dev.freshet.ops.cli.SettingsLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A checkpointed policy, loaded for use. What the checkpoint alone does not say, task and tokenizer, is read from the settings of
 * the run that it lies in.
 */
final class CheckpointPolicy implements AutoCloseable {
    private final RunConfiguration configuration;
    private final PolicyVersion version;
    private final WeightRegistry registry;

    private CheckpointPolicy(RunConfiguration configuration, PolicyVersion version, WeightRegistry registry) {
        this.configuration = configuration;
        this.version = version;
        this.registry = registry;
    }

    /**
     * @param directory {@code RUN/checkpoints/step-N}
     * @param overrides of the run's settings, each {@code key=value}
     * @throws IllegalArgumentException if there is no run around the checkpoint
     * @throws CheckpointException if the checkpoint is damaged
     */
    static CheckpointPolicy open(Path directory, List<String> overrides) {
        Checkpoint checkpoint = whole(directory);
        Path settings = directory
                .toAbsolutePath()
                .normalize()
                .resolve("../../config.conf")
                .normalize();
        if (!Files.exists(settings)) {
            throw new IllegalArgumentException(
                    "a checkpoint must lie in its run's directory, whose config.conf tells task and" + " tokenizer; "
                            + settings + " does not exist");
        }
        RunConfiguration configuration = RunConfiguration.from(new SettingsLoader().load(settings, overrides));
        DecoderConfig decoder = DecoderConfig.fromDescription(checkpoint.state().model());
        if (!decoder.equals(configuration.decoder())) {
            throw new IllegalArgumentException(
                    "the checkpoint's model must be that of its run's settings, was " + decoder.toDescription()
                            + " and " + configuration.decoder().toDescription());
        }
        WeightRegistry registry =
                new WeightRegistry(decoder, configuration.generation().device());
        registry.publish(checkpoint.state().version(), checkpoint.weights());
        return new CheckpointPolicy(configuration, checkpoint.state().version(), registry);
    }

    private static Checkpoint whole(Path directory) {
        try {
            return Checkpoint.open(directory);
        } catch (CheckpointException e) {
            throw new CheckpointException(e.getMessage() + ": name another checkpoint (--checkpoint)", e);
        }
    }

    RunConfiguration configuration() {
        return configuration;
    }

    PolicyVersion version() {
        return version;
    }

    WeightRegistry registry() {
        return registry;
    }

    @Override
    public void close() {
        registry.close();
    }
}
