package dev.freshet.ops.training;

import com.typesafe.config.Config;
import dev.freshet.model.task.EvaluationSuite;
import dev.freshet.model.task.Task;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How held-out prompts are measured; {@code training.conf} documents each key.
 *
 * @param prompts measured at most
 * @param samples answers a prompt
 * @param ks the k of each pass@k; those that the samples do not suffice for are left out
 * @param timeout of one evaluation of one suite
 * @param interval steps from one evaluation to the next, or 0 for none
 * @param suites measured by the run of itself, the held-out one first
 * @param at which ends of the run they are measured, beside the interval
 * @param otherSkill a file of problems that are a suite besides the task's; empty for none
 */
public record EvaluationSettings(
        int prompts,
        int samples,
        List<Integer> ks,
        Duration timeout,
        int interval,
        List<String> suites,
        Set<End> at,
        Optional<Path> otherSkill) {
    /** The name of the suite that {@link #otherSkill} is. */
    static final String OTHER_SKILL = "other_skill";

    private static final String PATH = "freshet.evaluation";
    private static final Duration LONGEST = Duration.ofDays(100);

    /** An end of a run. */
    public enum End {
        START,
        END;

        private static End of(String name) {
            return switch (name) {
                case "start" -> START;
                case "end" -> END;
                default ->
                    throw new IllegalArgumentException(
                            "at must be of start and end, one was \"" + name + "\" (" + PATH + ".at)");
            };
        }
    }

    public EvaluationSettings {
        at = Set.copyOf(at);
        suites = Stream.concat(Stream.of(Task.HELD_OUT), suites.stream())
                .distinct()
                .toList();
        if (prompts < 1) {
            throw new IllegalArgumentException(
                    "prompts must be at least 1, was " + prompts + " (" + PATH + ".prompts)");
        }
        if (samples < 1) {
            throw new IllegalArgumentException(
                    "samples must be at least 1, was " + samples + " (" + PATH + ".samples)");
        }
        if (timeout.isNegative() || timeout.toMillis() == 0 || timeout.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("timeout must be at least 1 ms and at most " + LONGEST.toDays()
                    + " days, was " + timeout + " (" + PATH + ".timeout)");
        }
        if (interval < 0) {
            throw new IllegalArgumentException(
                    "interval must be at least 0, was " + interval + " (" + PATH + ".interval)");
        }
        for (int k : ks) {
            if (k < 1) {
                throw new IllegalArgumentException("k must be at least 1, was " + k + " (" + PATH + ".k)");
            }
        }
        ks = ks.stream().filter(k -> k <= samples).toList();
    }

    static EvaluationSettings from(Config config) {
        Config evaluation = config.getConfig(PATH);
        return new EvaluationSettings(
                evaluation.getInt("prompts"),
                evaluation.getInt("samples"),
                evaluation.getIntList("k"),
                evaluation.getDuration("timeout"),
                evaluation.getInt("interval"),
                evaluation.getStringList("suites"),
                evaluation.getStringList("at").stream().map(End::of).collect(Collectors.toSet()),
                Optional.of(evaluation.getString("other-skill"))
                        .filter(file -> !file.isBlank())
                        .map(Path::of));
    }

    /** @throws IllegalArgumentException if the task has no such suite */
    void requireSuitesOf(Task task) {
        List<String> known = Stream.concat(
                        task.suites().stream().map(EvaluationSuite::name), otherSkill.map(file -> OTHER_SKILL).stream())
                .toList();
        for (String suite : suites) {
            if (!known.contains(suite)) {
                throw new IllegalArgumentException("suites must be of those that task " + task.name() + " has, "
                        + String.join(", ", known) + "; one was \"" + suite + "\" (" + PATH + ".suites)");
            }
        }
    }

    /** Measured while the run trains; none without an interval. */
    List<String> suitesOnTheWay() {
        return interval > 0 ? suites : List.of();
    }

    boolean isDueAt(long step) {
        return interval > 0 && step % interval == 0;
    }

    /** The same for other ks, with as many samples as the largest needs. */
    EvaluationSettings forKs(List<Integer> others) {
        if (others.isEmpty()) {
            return this;
        }
        int largest = others.stream().mapToInt(Integer::intValue).max().orElseThrow();
        return new EvaluationSettings(
                prompts, Math.max(samples, largest), others, timeout, interval, suites, at, otherSkill);
    }

    /** The same with further ks, as far as the samples suffice for them. */
    EvaluationSettings alsoMeasuring(List<Integer> others) {
        List<Integer> all = Stream.concat(ks.stream(), others.stream().filter(k -> k <= samples))
                .distinct()
                .sorted()
                .toList();
        return new EvaluationSettings(prompts, samples, all, timeout, interval, suites, at, otherSkill);
    }
}
