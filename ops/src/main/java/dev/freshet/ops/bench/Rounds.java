package dev.freshet.ops.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Trials taken in turn, round after round, so that whatever else the machine does meets all of them alike: what counts is the
 * ratio of two trials within each round.
 *
 * @param warmUps rounds whose values are thrown away, at least 0
 * @param measured rounds that count, at least 1
 */
record Rounds(int warmUps, int measured) {
    Rounds {
        if (warmUps < 0 || measured < 1) {
            throw new IllegalArgumentException(
                    "rounds must be at least 1, after at least 0 to warm up, were " + measured + " after " + warmUps);
        }
    }

    /** The series of each trial, in the trials' order. */
    List<Series> take(Consumer<String> log, Trial... trials) throws Exception {
        List<List<Double>> values = new ArrayList<>();
        for (int i = 0; i < trials.length; i++) {
            values.add(new ArrayList<>());
        }
        for (int round = 1 - warmUps; round <= measured; round++) {
            StringBuilder line = new StringBuilder("  ").append(round < 1 ? "warm-up" : "round " + round);
            for (int i = 0; i < trials.length; i++) {
                double value = trials[i].measurement().measure();
                line.append(String.format(Locale.ROOT, "  %s %,.5g %s", trials[i].name(), value, trials[i].unit()));
                if (round >= 1) {
                    values.get(i).add(value);
                }
            }
            log.accept(line.toString());
        }
        return values.stream().map(Series::new).toList();
    }
}
