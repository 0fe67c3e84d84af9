package dev.freshet.model.learning;

import dev.freshet.model.rollout.PolicyVersion;
import java.util.List;

/**
 * What a training step saw in more detail than {@link StepReport}: distributions over its tokens and rollouts, and at every so
 * many steps all divergences.
 *
 * @param version the version that the step made
 * @param importanceRatio policy over behaviour, of each token
 * @param publishSeconds time it took to copy the new version for the generators of this process
 * @param publishedBytes size of that copy
 * @param divergences readings, empty at a step that is not monitored
 * @param measuringSeconds time of the step that went into measuring it
 */
public record StepMeasures(
        PolicyVersion version,
        BatchMeasures batch,
        Distribution importanceRatio,
        double publishSeconds,
        long publishedBytes,
        List<DivergenceReading> divergences,
        double measuringSeconds) {
    /** Upper bounds of importance ratios. */
    public static final List<Double> RATIOS =
            List.of(0.1, 0.2, 0.5, 0.8, 0.9, 0.95, 0.99, 1.01, 1.05, 1.1, 1.2, 1.5, 2.0, 5.0, 10.0);

    public StepMeasures {
        divergences = List.copyOf(divergences);
    }
}
