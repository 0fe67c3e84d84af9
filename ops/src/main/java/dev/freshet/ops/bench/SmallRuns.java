package dev.freshet.ops.bench;

import java.util.List;
import java.util.stream.Stream;

/** Settings of runs that ask whether something holds, not how fast it is: the smallest model and task that still learn. */
final class SmallRuns {
    private static final List<String> SETTINGS = List.of(
            "freshet.model.layers=1",
            "freshet.model.width=32",
            "freshet.model.heads=2",
            "freshet.model.key-value-heads=2",
            "freshet.model.feed-forward=64",
            "freshet.task.arithmetic.min-digits=1",
            "freshet.task.arithmetic.max-digits=1",
            "freshet.warm-up.threads=1",
            "freshet.train.batch-groups=8",
            "freshet.generation.group-size=4",
            "freshet.generation.slots=64",
            "freshet.evaluation.prompts=4",
            "freshet.evaluation.samples=8");

    private SmallRuns() {}

    /** @param more each {@code key=value} */
    static List<String> with(String... more) {
        return Stream.concat(SETTINGS.stream(), Stream.of(more)).toList();
    }
}
