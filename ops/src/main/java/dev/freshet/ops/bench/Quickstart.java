package dev.freshet.ops.bench;

import com.typesafe.config.Config;
import dev.freshet.model.task.Task;
import dev.freshet.model.task.TaskSettings;
import dev.freshet.model.task.Tasks;
import dev.freshet.model.transformer.DecoderConfig;
import dev.freshet.ops.cli.SettingsLoader;
import java.util.List;

/** The settings that a run without settings has, and what they make. */
final class Quickstart {
    private Quickstart() {}

    /** @param overrides each {@code key=value} */
    static Config config(String... overrides) {
        return new SettingsLoader().defaults(List.of(overrides));
    }

    static Task task(Config config) {
        return Tasks.create(TaskSettings.from(config), seed(config));
    }

    static DecoderConfig decoder(Config config, Task task) {
        return DecoderConfig.from(
                config.getConfig("freshet.model"), task.tokenizer().vocabularySize());
    }

    static int groupSize(Config config) {
        return config.getInt("freshet.generation.group-size");
    }

    static long seed(Config config) {
        return config.getLong("freshet.train.seed");
    }
}
