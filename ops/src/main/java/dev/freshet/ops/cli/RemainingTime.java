package dev.freshet.ops.cli;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/** How long the steps that are left will take, from the pace of the newest ones: a pause is soon forgotten. */
final class RemainingTime {
    private static final double WEIGHT_OF_NEWEST = 0.1;

    private final Clock clock;
    private Instant lastTime = Instant.MIN;
    private long lastStep;
    private double secondsPerStep = Double.NaN;

    RemainingTime(Clock clock) {
        this.clock = clock;
    }

    /** Notes that {@code step} of {@code totalSteps} is done; the answer is empty until a second step was. */
    Optional<String> after(long step, long totalSteps) {
        Instant now = clock.instant();
        if (lastTime.equals(Instant.MIN) || step <= lastStep) {
            lastTime = now;
            lastStep = step;
            return Optional.empty();
        }
        double pace = Duration.between(lastTime, now).toMillis() / 1000.0 / (step - lastStep);
        secondsPerStep =
                Double.isNaN(secondsPerStep) ? pace : secondsPerStep + WEIGHT_OF_NEWEST * (pace - secondsPerStep);
        lastTime = now;
        lastStep = step;
        return Optional.of(format(Math.round(secondsPerStep * Math.max(0, totalSteps - step))) + " left");
    }

    private static String format(long seconds) {
        Duration duration = Duration.ofSeconds(seconds);
        if (duration.toHours() > 0) {
            return String.format(Locale.ROOT, "%d h %02d min", duration.toHours(), duration.toMinutesPart());
        }
        if (duration.toMinutes() > 0) {
            return String.format(Locale.ROOT, "%d min %02d s", duration.toMinutes(), duration.toSecondsPart());
        }
        return seconds + " s";
    }
}
