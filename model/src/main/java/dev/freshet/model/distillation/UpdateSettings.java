package dev.freshet.model.distillation;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValueFactory;
import dev.freshet.model.learning.AdamWSettings;
import dev.freshet.model.learning.LearningRate;
import dev.freshet.model.transformer.DecoderProgram.AdamW;

/** How the parameters of one network are updated. */
public record UpdateSettings(LearningRate learningRate, AdamW optimizer) {
    /**
     * Reads a section's {@code learning-rate...} keys, {@code adam} and {@code max-gradient-norm}.
     *
     * @param updates in all, at the last of which the learning rate's schedule ends
     */
    static UpdateSettings from(Config section, String path, long updates) {
        Config scheduled = section.withValue("steps", ConfigValueFactory.fromAnyRef(updates));
        return new UpdateSettings(LearningRate.from(scheduled, path), AdamWSettings.from(section, path));
    }
}
