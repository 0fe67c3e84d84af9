package dev.freshet.model.trajectory;

import com.typesafe.config.Config;
import java.util.Locale;
import java.util.OptionalInt;

/**
 * Whether and how a learner is held to its own past; {@code learning.conf} documents each key under {@code freshet.trajectory}.
 *
 * @param coefficient factor of the trajectory loss, finite and at least 0
 * @param temperature that logits are divided by, finite and above 0
 * @param fromEpoch first epoch of a dataset, counted from 0, that has the loss
 * @param fromStep first step of a run that samples its batches, counted from 0, that has the loss
 * @param epochsAgo of SAF: how far it looks back, at least 1
 * @param topK of SAF: the likeliest tokens whose log-probs are kept; empty for the whole vocabulary
 * @param maxBytes of SAF: bound of what is kept
 * @param decay of MESA: what remains of the average at each update, in [0, 1)
 */
public record TrajectorySettings(
        Kind kind,
        double coefficient,
        double temperature,
        long fromEpoch,
        long fromStep,
        int epochsAgo,
        OptionalInt topK,
        long maxBytes,
        double decay) {
    /** What the learner is held to. */
    public enum Kind {
        /** Nothing. */
        NONE,
        /** What it said of the same example some epochs ago. */
        SAF,
        /** What the average of its weights says. */
        MESA
    }

    /** Held to nothing; the numbers are the defaults. */
    public static final TrajectorySettings NONE =
            new TrajectorySettings(Kind.NONE, 0.3, 5, 6, 0, 3, OptionalInt.of(64), 512L << 20, 0.9998);

    private static final String PATH = "freshet.trajectory";
    private static final String AUTO = "auto";

    /** Du et al. 2022, section 4.1. */
    private static final double SAF_COEFFICIENT = 0.3;

    private static final double MESA_COEFFICIENT = 0.8;

    public TrajectorySettings {
        require(coefficient >= 0 && Double.isFinite(coefficient), "finite and at least 0", coefficient, "coefficient");
        require(temperature > 0 && Double.isFinite(temperature), "finite and above 0", temperature, "temperature");
        require(fromEpoch >= 0, "at least 0", fromEpoch, "from-epoch");
        require(fromStep >= 0, "at least 0", fromStep, "from-step");
        require(epochsAgo >= 1, "at least 1", epochsAgo, "saf.epochs-ago");
        require(maxBytes >= 1, "at least 1 byte", maxBytes, "saf.max-bytes");
        require(decay >= 0 && decay < 1, "in [0, 1)", decay, "mesa.decay");
        if (kind == Kind.SAF && fromEpoch < epochsAgo) {
            throw new IllegalArgumentException("from-epoch must be at least epochs-ago, " + epochsAgo
                    + ", before which there is nothing to look back on, was " + fromEpoch + " (" + PATH
                    + ".from-epoch, " + PATH + ".saf.epochs-ago)");
        }
        if (topK.isPresent()) {
            require(topK.getAsInt() >= 1, "at least 0, 0 for all tokens", topK.getAsInt(), "saf.top-k");
        }
    }

    /** Reads {@code freshet.trajectory} of a whole configuration. */
    public static TrajectorySettings from(Config config) {
        Config section = config.getConfig(PATH);
        Kind kind = kind(section.getString("kind"));
        String coefficient = section.getString("coefficient");
        int topK = section.getInt("saf.top-k");
        return new TrajectorySettings(
                kind,
                coefficient.equals(AUTO) ? automaticCoefficient(kind) : section.getDouble("coefficient"),
                section.getDouble("temperature"),
                section.getLong("from-epoch"),
                section.getLong("from-step"),
                section.getInt("saf.epochs-ago"),
                topK == 0 ? OptionalInt.empty() : OptionalInt.of(topK),
                section.getBytes("saf.max-bytes"),
                section.getDouble("mesa.decay"));
    }

    /** @throws IllegalArgumentException under SAF, for learning from rollouts: nothing was said of them before */
    public void requireFitsRollouts() {
        if (kind == Kind.SAF) {
            throw new IllegalArgumentException(
                    "trajectory saf needs examples that come back every epoch, and rollouts do not: choose mesa or none ("
                            + PATH + ".kind, freshet.objective)");
        }
    }

    private static Kind kind(String spec) {
        for (Kind kind : Kind.values()) {
            if (kind.name().toLowerCase(Locale.ROOT).equals(spec)) {
                return kind;
            }
        }
        throw new IllegalArgumentException("kind must be none, saf or mesa, was \"" + spec + "\" (" + PATH + ".kind)");
    }

    private static double automaticCoefficient(Kind kind) {
        return kind == Kind.MESA ? MESA_COEFFICIENT : SAF_COEFFICIENT;
    }

    private static void require(boolean holds, String rule, Number value, String key) {
        if (!holds) {
            throw new IllegalArgumentException(key.substring(key.lastIndexOf('.') + 1) + " must be " + rule + ", was "
                    + value + " (" + PATH + "." + key + ")");
        }
    }
}
