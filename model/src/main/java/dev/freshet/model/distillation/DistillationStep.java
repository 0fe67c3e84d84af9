package dev.freshet.model.distillation;

import com.typesafe.config.Config;
import dev.freshet.model.objective.FDistill;

/**
 * What may differ from one step of distillation to the next. Immutable, so that a change is the exchange of one value for another between
 * two steps.
 *
 * @param objective with its divergence
 * @param student how its parameters are updated
 */
public record DistillationStep(FDistill objective, UpdateSettings student) {
    /** Reads a whole configuration. */
    public static DistillationStep from(Config config) {
        return new DistillationStep(
                FDistill.from(config), DistillationSettings.from(config).student().update());
    }
}
