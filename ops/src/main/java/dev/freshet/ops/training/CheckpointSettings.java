package dev.freshet.ops.training;

import com.typesafe.config.Config;
import dev.freshet.model.checkpoint.CheckpointRetention;

/** Which checkpoints a run keeps; {@code training.conf} documents the keys. */
public final class CheckpointSettings {
    private static final String PATH = "freshet.checkpoint.";

    private CheckpointSettings() {}

    public static CheckpointRetention retention(Config config) {
        return new CheckpointRetention(atLeast(1, "keep-last", config), atLeast(0, "keep-best", config));
    }

    private static int atLeast(int least, String key, Config config) {
        int value = config.getInt(PATH + key);
        if (value < least) {
            throw new IllegalArgumentException(
                    key + " must be at least " + least + ", was " + value + " (" + PATH + key + ")");
        }
        return value;
    }
}
