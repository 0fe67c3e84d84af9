package dev.freshet.model.objective;

import com.typesafe.config.Config;

/**
 * What the baselines of unlearning choose; {@code dataset.conf} documents each key under {@code freshet.unlearning}.
 *
 * @param beta of NPO and of the preference for the template, finite and above 0
 * @param retainCoefficient factor of the KL at retained answers, finite and at least 0
 */
public record UnlearningSettings(double beta, double retainCoefficient) {
    static final String PATH = "freshet.unlearning";

    public UnlearningSettings {
        if (!(beta > 0) || Double.isInfinite(beta)) {
            throw new IllegalArgumentException("beta must be finite and above 0, was " + beta + " (" + PATH + ".beta)");
        }
        if (!(retainCoefficient >= 0) || Double.isInfinite(retainCoefficient)) {
            throw new IllegalArgumentException("retain-coefficient must be finite and at least 0, was "
                    + retainCoefficient + " (" + PATH + ".retain-coefficient)");
        }
    }

    /** Reads {@code freshet.unlearning} of a whole configuration. */
    public static UnlearningSettings from(Config config) {
        Config section = config.getConfig(PATH);
        return new UnlearningSettings(section.getDouble("beta"), section.getDouble("retain-coefficient"));
    }
}
