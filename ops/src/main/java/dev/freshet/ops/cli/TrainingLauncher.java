package dev.freshet.ops.cli;

import com.typesafe.config.Config;
import java.nio.file.Path;

/** Trains, from settings to exit code. */
@FunctionalInterface
public interface TrainingLauncher {
    /**
     * Returns when the run has ended, by itself or on command.
     *
     * @param resolved all settings, {@code freshet} at the top
     * @return an exit code of {@link ExitCode}
     * @throws IllegalArgumentException if a setting is refused; nothing has been started or written over
     * @throws Exception if the run failed
     */
    int launch(Config resolved, Path runDirectory, ResumeMode mode) throws Exception;
}
