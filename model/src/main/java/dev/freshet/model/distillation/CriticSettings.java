package dev.freshet.model.distillation;

import com.typesafe.config.Config;
import java.util.List;

/**
 * The two networks that follow the student: its score, called fake, and the discriminator that tells its samples from data; keys below
 * {@code freshet.distill.critic}.
 *
 * @param updates of each of them before each update of the student, at least 1
 * @param headStart further ones before the student's first, at least 0
 * @param widths hidden layers of the discriminator; those of the fake score are the teacher's
 * @param update how both are updated
 */
public record CriticSettings(int updates, int headStart, List<Integer> widths, UpdateSettings update) {
    public CriticSettings {
        widths = List.copyOf(widths);
        Rules.atLeast(1, "critic.updates", updates);
        Rules.atLeast(0, "critic.head-start", headStart);
    }

    /**
     * Reads a whole configuration.
     *
     * @param steps of the student, at least 1
     */
    static CriticSettings from(Config config, long steps) {
        Config critic = config.getConfig("freshet.distill.critic");
        int updates = critic.getInt("updates");
        int headStart = critic.getInt("head-start");
        return new CriticSettings(
                updates,
                headStart,
                Rules.widths(config, "critic.widths"),
                UpdateSettings.from(critic, "freshet.distill.critic", Math.max(1, headStart + updates * steps)));
    }
}
