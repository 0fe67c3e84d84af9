package dev.freshet.model.learning;

import com.typesafe.config.Config;
import dev.freshet.model.trajectory.TrajectorySettings;

/** How a learner seeks minima that are flat, beside any objective. */
public record Flatness(UpdateRuleSettings update, TrajectorySettings trajectory) {
    /** Does not. */
    public static final Flatness UNSOUGHT = new Flatness(UpdateRuleSettings.USUAL, TrajectorySettings.NONE);

    /** Reads {@code freshet.train.update} and {@code freshet.trajectory} of a whole configuration. */
    static Flatness from(Config config) {
        return new Flatness(UpdateRuleSettings.from(config), TrajectorySettings.from(config));
    }
}
