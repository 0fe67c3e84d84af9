package dev.freshet.model.task;

import com.typesafe.config.Config;

/**
 * What {@code freshet.task.arithmetic} says.
 *
 * @param minDigits problems have at least this many digits, 1 to {@code maxDigits}
 * @param maxDigits problems have at most this many digits, up to 3
 * @param teacherAccuracy probability that a demonstration is right, 0 to 1
 */
public record ArithmeticSettings(int minDigits, int maxDigits, double teacherAccuracy) {
    private static final int MOST_DIGITS = 3;

    public ArithmeticSettings {
        if (maxDigits < 1 || maxDigits > MOST_DIGITS) {
            throw new IllegalArgumentException("max-digits must be in 1.." + MOST_DIGITS + ", was " + maxDigits
                    + " (freshet.task.arithmetic.max-digits)");
        }
        if (minDigits < 1 || minDigits > maxDigits) {
            throw new IllegalArgumentException("min-digits must be in 1..max-digits, which is " + maxDigits + ", was "
                    + minDigits + " (freshet.task.arithmetic.min-digits)");
        }
        SettingRules.requireShare("teacher-accuracy", teacherAccuracy, "freshet.task.arithmetic.teacher-accuracy");
    }

    public static ArithmeticSettings from(Config config) {
        Config arithmetic = config.getConfig("freshet.task.arithmetic");
        return new ArithmeticSettings(
                arithmetic.getInt("min-digits"),
                arithmetic.getInt("max-digits"),
                arithmetic.getDouble("teacher-accuracy"));
    }
}
