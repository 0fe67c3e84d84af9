package dev.freshet.model.objective;

import com.typesafe.config.Config;
import dev.freshet.model.objective.FdpgMoment.Feature;
import dev.freshet.model.objective.FdpgTarget.Constraint;
import dev.freshet.model.objective.FdpgTarget.Moments;
import dev.freshet.model.objective.FdpgTarget.Tilted;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * The choices and numbers of {@link Fdpg}; {@code learning.conf} documents each under {@code freshet.fdpg}.
 *
 * @param context what has a partition function of its own
 * @param maxContexts whose partition functions are remembered, at least 1
 * @param baselineWindow pseudo-rewards of earlier batches whose mean is the baseline, at least 1
 * @param pseudoRewardCap bound of pseudo-rewards on both sides, above 0; empty for none
 * @param weightCap bound of the importance weight policy over proposal of a rollout, at least 1
 * @param proposalInterval steps after which a proposal that is kept may be renewed, at least 1; empty: it is the policy itself
 */
public record FdpgSettings(
        FdpgTarget target,
        FdpgContext context,
        int maxContexts,
        int baselineWindow,
        OptionalDouble pseudoRewardCap,
        double weightCap,
        OptionalInt proposalInterval) {
    static final String PATH = "freshet.fdpg";

    private static final String OFF = "off";

    public FdpgSettings {
        require(maxContexts >= 1, "max-contexts must be at least 1", maxContexts, "max-contexts");
        require(baselineWindow >= 1, "baseline-window must be at least 1", baselineWindow, "baseline-window");
        if (pseudoRewardCap.isPresent()) {
            double cap = pseudoRewardCap.getAsDouble();
            require(
                    cap > 0 && Double.isFinite(cap),
                    "pseudo-reward-cap must be finite and above 0, or off",
                    cap,
                    "pseudo-reward-cap");
        }
        require(
                weightCap >= 1 && Double.isFinite(weightCap),
                "weight-cap must be finite and at least 1",
                weightCap,
                "weight-cap");
        if (proposalInterval.isPresent()) {
            requireInterval(proposalInterval.getAsInt());
        }
    }

    /** Reads {@code freshet.fdpg} of a whole configuration. */
    public static FdpgSettings from(Config config) {
        Config fdpg = config.getConfig(PATH);
        return new FdpgSettings(
                target(fdpg),
                FdpgContext.parse(fdpg.getString("context")),
                fdpg.getInt("max-contexts"),
                fdpg.getInt("baseline-window"),
                numberOrOff(fdpg, "pseudo-reward-cap"),
                fdpg.getDouble("weight-cap"),
                proposalInterval(fdpg));
    }

    private static OptionalInt proposalInterval(Config fdpg) {
        int interval = fdpg.getInt("proposal-interval");
        requireInterval(interval);
        String proposal = fdpg.getString("proposal");
        return switch (proposal) {
            case "online" -> OptionalInt.empty();
            case "offline" -> OptionalInt.of(interval);
            default ->
                throw new IllegalArgumentException(
                        "proposal must be online or offline, was \"" + proposal + "\" (" + PATH + ".proposal)");
        };
    }

    private static void requireInterval(int interval) {
        require(interval >= 1, "proposal-interval must be at least 1 step", interval, "proposal-interval");
    }

    /** Numbers of targets that are not in force are checked as well, but for what only the target in force must have. */
    private static FdpgTarget target(Config fdpg) {
        Tilted tilted = new Tilted(fdpg.getDouble("beta"));
        List<FdpgMoment> moments = new ArrayList<>();
        for (Feature feature : Feature.values()) {
            numberOrOff(fdpg, "moments." + feature.spec())
                    .ifPresent(mean -> moments.add(new FdpgMoment(feature, mean)));
        }
        String target = fdpg.getString("target");
        return switch (target) {
            case "tilted" -> tilted;
            case "constraint" -> new Constraint();
            case "moments" -> new Moments(moments, fdpg.getInt("moments.samples"));
            default ->
                throw new IllegalArgumentException(
                        "target must be tilted, constraint or moments, was \"" + target + "\" (" + PATH + ".target)");
        };
    }

    private static OptionalDouble numberOrOff(Config fdpg, String key) {
        String text = fdpg.getString(key);
        if (text.equals(OFF)) {
            return OptionalDouble.empty();
        }
        try {
            return OptionalDouble.of(Double.parseDouble(text));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    key + " must be off or a number, was \"" + text + "\" (" + PATH + "." + key + ")", e);
        }
    }

    private static void require(boolean holds, String rule, Number value, String key) {
        if (!holds) {
            throw new IllegalArgumentException(rule + ", was " + value + " (" + PATH + "." + key + ")");
        }
    }
}
