package dev.freshet.model.learning;

import com.typesafe.config.Config;
import java.util.stream.Stream;

/**
 * The learning rate of each training step: peak, times a linear rise over the first steps, times a schedule over all steps.
 *
 * <pre>
 *   rate(i) = peak * min(1, (i + 1) / warmUpSteps) * (finalFraction + (1 - finalFraction) * g(i / (steps - 1)))
 * </pre>
 *
 * for step i from 0, with g of the {@link Schedule}, so that the last step has finalFraction of the peak.
 *
 * @param peak above 0
 * @param warmUpSteps steps until the rate has risen to its schedule; 0 for none
 * @param finalFraction of the peak at the last step, in [0, 1]
 * @param steps length of the schedule; later steps stay at its end
 */
public record LearningRate(double peak, long warmUpSteps, Schedule schedule, double finalFraction, long steps) {

    public LearningRate {
        if (!(peak > 0) || Double.isInfinite(peak)) {
            throw new IllegalArgumentException("learning-rate must be finite and above 0, was " + peak);
        }
        if (warmUpSteps < 0) {
            throw new IllegalArgumentException("learning-rate-warm-up-steps must be at least 0, was " + warmUpSteps);
        }
        if (!(finalFraction >= 0 && finalFraction <= 1)) {
            throw new IllegalArgumentException("final-learning-rate-fraction must be in [0, 1], was " + finalFraction);
        }
        if (steps < 1) {
            throw new IllegalArgumentException("steps must be at least 1, was " + steps);
        }
    }

    /** Reads a section's {@code learning-rate...} keys and {@code steps}. */
    public static LearningRate from(Config section, String path) {
        try {
            return new LearningRate(
                    section.getDouble("learning-rate"),
                    section.getLong("learning-rate-warm-up-steps"),
                    Schedule.parse(section.getString("learning-rate-schedule")),
                    section.getDouble("final-learning-rate-fraction"),
                    section.getLong("steps"));
        } catch (IllegalArgumentException e) {
            // Each refusal begins with its key.
            String key = String.valueOf(e.getMessage()).split(" ", 2)[0];
            throw new IllegalArgumentException(e.getMessage() + " (" + path + "." + key + ")", e);
        }
    }

    /** @param step from 0 */
    public double at(long step) {
        double rise = warmUpSteps == 0 ? 1 : Math.min(1, (step + 1) / (double) warmUpSteps);
        double progress = steps == 1 ? 0 : Math.min(1, step / (double) (steps - 1));
        return peak * rise * (finalFraction + (1 - finalFraction) * schedule.remaining(progress));
    }

    /** The shape of the decay: g falls from 1 to 0. */
    public enum Schedule {
        /** g = 1; the final fraction has no part in it. */
        CONSTANT("constant") {
            @Override
            double remaining(double progress) {
                return 1;
            }
        },
        /** g = 1 - progress. */
        LINEAR("linear") {
            @Override
            double remaining(double progress) {
                return 1 - progress;
            }
        },
        /** g = (1 + cos(pi progress)) / 2: Loshchilov and Hutter 2017 (SGDR), equation 5, without restarts. */
        COSINE("cosine") {
            @Override
            double remaining(double progress) {
                return (1 + Math.cos(Math.PI * progress)) / 2;
            }
        };

        private final String spec;

        Schedule(String spec) {
            this.spec = spec;
        }

        abstract double remaining(double progress);

        static Schedule parse(String spec) {
            return Stream.of(values())
                    .filter(schedule -> schedule.spec.equals(spec))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(
                            "learning-rate-schedule must be constant, linear or cosine, was \"" + spec + "\""));
        }
    }
}
