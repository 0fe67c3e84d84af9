package dev.freshet.ops.training;

import com.typesafe.config.Config;
import dev.freshet.model.rehearsal.RehearsalFiles;
import dev.freshet.model.rehearsal.RehearsalSet;
import dev.freshet.model.task.ExplorationTask;
import dev.freshet.model.task.Task;
import java.nio.file.Path;
import java.util.Optional;

/** The rehearsal set that a run's settings name, and what it does to the run's prompts. */
final class RehearsalSource {
    private static final String KEY = "freshet.rehearsal.from";
    private static final String PROMPTS_KEY = "freshet.rehearsal.prompts";
    private static final String OFF = "off";

    private RehearsalSource() {}

    /**
     * Reads every byte.
     *
     * @throws IllegalArgumentException if the set is damaged, or not of the run's task, model and first policy
     */
    static Optional<RehearsalSet> read(RunConfiguration configuration) {
        return from(configuration.config()).map(directory -> read(directory, configuration));
    }

    private static RehearsalSet read(Path directory, RunConfiguration configuration) {
        RehearsalSet set = RehearsalFiles.read(directory);
        Task task = configuration.task();
        set.requireFits(
                task.name(),
                configuration.decoder().toDescription(),
                task.tokenizer().vocabularySize());
        Path policy = WarmUpSource.from(configuration.config())
                .orElseThrow(() ->
                        new IllegalArgumentException("a rehearsal set is of one policy, from which a run with it must"
                                + " begin, and the run begins with a warm-up of its own: name that policy's checkpoint in"
                                + " freshet.warm-up.from, or set " + KEY + " = off"));
        set.requireOf(WarmUpSource.weights(policy, configuration.decoder()));
        return set;
    }

    /** The task with the training prompts that the settings want. */
    static Task task(RunConfiguration configuration, RehearsalSet set) {
        return explores(configuration.config())
                ? new ExplorationTask(configuration.task(), set.exploration(), configuration.seed())
                : configuration.task();
    }

    /** What a resumed run must keep: the set, and what it does to the prompts. */
    static String identity(Config config) {
        boolean explores = explores(config);
        return from(config)
                .map(directory -> (explores ? "exploration " : "all ") + RehearsalFiles.digest(directory))
                .orElse(OFF);
    }

    private static Optional<Path> from(Config config) {
        String from = config.getString(KEY);
        return from.equals(OFF) ? Optional.empty() : Optional.of(Path.of(from));
    }

    /** Reads {@code freshet.rehearsal.prompts}. */
    static boolean explores(Config config) {
        String prompts = config.getString(PROMPTS_KEY);
        if (!prompts.equals("exploration") && !prompts.equals("all")) {
            throw new IllegalArgumentException(
                    "prompts must be exploration or all, was \"" + prompts + "\" (" + PROMPTS_KEY + ")");
        }
        return prompts.equals("exploration");
    }
}
