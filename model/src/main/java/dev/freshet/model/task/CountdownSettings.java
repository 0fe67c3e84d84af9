package dev.freshet.model.task;

import com.typesafe.config.Config;

/**
 * What {@code freshet.task.countdown} says.
 *
 * @param targetLimit RL trains on targets below this, 1 to 100
 * @param additionShare probability that a demonstration is of addition, the skill RL does not train, 0 to 1
 */
public record CountdownSettings(int targetLimit, double additionShare) {
    public CountdownSettings {
        if (targetLimit < 1 || targetLimit > CountdownKey.TARGETS) {
            throw new IllegalArgumentException("target-limit must be in 1.." + CountdownKey.TARGETS + ", was "
                    + targetLimit + " (freshet.task.countdown.target-limit)");
        }
        SettingRules.requireShare("addition-share", additionShare, "freshet.task.countdown.addition-share");
    }

    public static CountdownSettings from(Config config) {
        Config countdown = config.getConfig("freshet.task.countdown");
        return new CountdownSettings(countdown.getInt("target-limit"), countdown.getDouble("addition-share"));
    }
}
