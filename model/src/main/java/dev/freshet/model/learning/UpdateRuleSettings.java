package dev.freshet.model.learning;

import com.typesafe.config.Config;
import java.util.OptionalDouble;

/**
 * How gradients become an update; {@code learning.conf} documents each key under {@code freshet.train.update}.
 *
 * @param rho distance at which SAM looks, and at which sharpness is measured, finite and above 0
 * @param sharpnessInterval steps from one measurement of sharpness to the next, or 0 for none; SAM measures it at each
 */
public record UpdateRuleSettings(Kind kind, double rho, long sharpnessInterval) {
    /** Which gradient is descended. */
    public enum Kind {
        /** That at the weights. */
        PLAIN,
        /** That at the highest loss nearby: SAM. */
        SAM
    }

    /** As the defaults have it. */
    static final UpdateRuleSettings USUAL = new UpdateRuleSettings(Kind.PLAIN, 0.05, 0);

    private static final String PATH = "freshet.train.update";

    public UpdateRuleSettings {
        if (!(rho > 0) || Double.isInfinite(rho)) {
            throw new IllegalArgumentException("rho must be finite and above 0, was " + rho + " (" + PATH + ".rho)");
        }
        if (sharpnessInterval < 0) {
            throw new IllegalArgumentException("sharpness-interval must be at least 0, was " + sharpnessInterval + " ("
                    + PATH + ".sharpness-interval)");
        }
    }

    /** Reads {@code freshet.train.update} of a whole configuration. */
    static UpdateRuleSettings from(Config config) {
        Config update = config.getConfig(PATH);
        return new UpdateRuleSettings(
                kind(update.getString("rule")), update.getDouble("rho"), update.getLong("sharpness-interval"));
    }

    private static Kind kind(String spec) {
        return switch (spec) {
            case "plain" -> Kind.PLAIN;
            case "sam" -> Kind.SAM;
            default ->
                throw new IllegalArgumentException(
                        "rule must be plain or sam, was \"" + spec + "\" (" + PATH + ".rule)");
        };
    }

    /** @param step from 0 */
    UpdateRule at(long step) {
        boolean measured = sharpnessInterval > 0 && step % sharpnessInterval == 0;
        return switch (kind) {
            case PLAIN -> new PlainUpdate(measured ? OptionalDouble.of(rho) : OptionalDouble.empty());
            case SAM -> new SharpnessAwareUpdate(rho);
        };
    }
}
