package dev.freshet.model.generation;

import java.util.Locale;

/** What a generator does with unfinished rollouts when a newer policy version is published. */
public enum OnNewVersion {
    /** Samples on with the new weights over the keys and values of the old ones. */
    KEEP,
    /** Computes keys and values of unfinished rollouts anew under the new weights. */
    RECOMPUTE,
    /** Takes it up when no rollout is unfinished, so that one version samples all of what is asked for together. */
    WHEN_IDLE,
    /** Stays on the version that it started with: for evaluation. */
    STAY;

    /** The value of {@code freshet.generation.kv-on-swap}. */
    public static OnNewVersion parse(String name) {
        return switch (name) {
            case "keep" -> KEEP;
            case "recompute" -> RECOMPUTE;
            default ->
                throw new IllegalArgumentException(
                        "kv-on-swap must be keep or recompute, was \"" + name + "\" (freshet.generation.kv-on-swap)");
        };
    }

    /** The name in settings. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
