package dev.freshet.model.task;

/** Refusals that several tasks' settings share. */
final class Ranges {
    private Ranges() {}

    static void requireShare(String name, double value, String key) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(name + " must be in 0..1, was " + value + " (" + key + ")");
        }
    }
}
