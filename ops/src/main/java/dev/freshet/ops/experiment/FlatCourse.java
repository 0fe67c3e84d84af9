package dev.freshet.ops.experiment;

import dev.freshet.model.answers.AnswerQuality;
import dev.freshet.model.answers.KnownAnswer;
import dev.freshet.ops.training.AnswerEvaluation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How a policy forgets, from checkpoint to checkpoint. Methods are compared where they have forgotten alike: at the first checkpoint that
 * says none of the answers to be forgotten, and at the first at which their tokens' probability is at most a tenth; and at the end.
 *
 * @param endSteps the step that is the end for all methods, some of which go on
 */
record FlatCourse(FlatWorld world, int endSteps) {
    static final String FORGETS = "forgets";
    static final String EXACT_0 = "em_0";
    static final String PROBABILITY_10 = "p_10";
    static final String END = "end";

    static final String STEPS = "steps";
    static final String FORGET_PROBABILITY = "forget_probability";
    static final String RETAIN_PROBABILITY = "retain_probability";
    static final String RETAIN_EXACT = "retain_exact";
    static final String UTILITY_EXACT = "utility_exact";
    static final String REFUSES = "refuses";

    private static final double FORGOTTEN_PROBABILITY = 0.1;
    private static final List<String> AT_A_POINT = List.of(
            STEPS,
            FORGET_PROBABILITY,
            RETAIN_PROBABILITY,
            RETAIN_EXACT,
            UTILITY_EXACT,
            REFUSES,
            "forget_rouge_l",
            "retain_rouge_l",
            "forget_truth_ratio",
            "retain_truth_ratio",
            "model_utility");

    /** In the order of the table's columns; NaN where the point was not reached. */
    static List<String> metrics() {
        List<String> metrics = new ArrayList<>(List.of(FORGETS));
        for (String point : List.of(EXACT_0, PROBABILITY_10, END)) {
            AT_A_POINT.forEach(metric -> metrics.add(at(point, metric)));
        }
        return metrics;
    }

    static String at(String point, String metric) {
        return point + "_" + metric;
    }

    /** Of one policy, where nothing has been forgotten yet: its end alone. */
    Map<String, Double> ofBase(Path checkpoint, List<String> overrides) throws InterruptedException {
        Map<String, Double> metrics = unreached();
        metrics.putAll(point(END, checkpoint, overrides));
        return metrics;
    }

    Map<String, Double> of(FinishedRun run) throws IOException, InterruptedException {
        Map<String, Double> metrics = unreached();
        boolean exact = false;
        boolean unlikely = false;
        for (Path checkpoint : run.checkpoints()) {
            if (exact && unlikely) {
                break;
            }
            Map<String, Double> forget = quality(checkpoint, List.of(), FlatWorld.known(world.forgotten()));
            if (!exact && of(forget, "exact") == 0) {
                exact = true;
                metrics.putAll(point(EXACT_0, checkpoint, List.of()));
            }
            if (!unlikely && of(forget, "token_probability") <= FORGOTTEN_PROBABILITY) {
                unlikely = true;
                metrics.putAll(point(PROBABILITY_10, checkpoint, List.of()));
            }
        }
        metrics.putAll(point(END, end(run), List.of()));
        metrics.put(FORGETS, exact && unlikely ? 1.0 : 0.0);
        return metrics;
    }

    /** The last checkpoint that is not behind the end. */
    private Path end(FinishedRun run) throws IOException {
        List<Path> reached = run.checkpoints().stream()
                .filter(checkpoint -> FinishedRun.steps(checkpoint) <= endSteps)
                .toList();
        return reached.get(reached.size() - 1);
    }

    private static double of(Map<String, Double> means, String measure) {
        return means.getOrDefault(measure, Double.NaN);
    }

    private static Map<String, Double> unreached() {
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics().forEach(metric -> metrics.put(metric, Double.NaN));
        return metrics;
    }

    private Map<String, Double> point(String point, Path checkpoint, List<String> overrides)
            throws InterruptedException {
        Map<String, Double> forget = quality(checkpoint, overrides, FlatWorld.known(world.forgotten()));
        Map<String, Double> retain = quality(checkpoint, overrides, FlatWorld.known(world.retained()));
        Map<String, Double> utility = quality(checkpoint, overrides, FlatWorld.known(world.utility()));
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put(at(point, STEPS), (double) FinishedRun.steps(checkpoint));
        metrics.put(at(point, FORGET_PROBABILITY), of(forget, "token_probability"));
        metrics.put(at(point, RETAIN_PROBABILITY), of(retain, "token_probability"));
        metrics.put(at(point, RETAIN_EXACT), of(retain, "exact"));
        metrics.put(at(point, UTILITY_EXACT), of(utility, "exact"));
        metrics.put(at(point, REFUSES), of(forget, "template"));
        for (String measure : List.of("rouge_l", "truth_ratio")) {
            metrics.put(at(point, "forget_" + measure), of(forget, measure));
            metrics.put(at(point, "retain_" + measure), of(retain, measure));
        }
        metrics.put(at(point, "model_utility"), AnswerQuality.utility(List.of(retain, utility)));
        return metrics;
    }

    private static Map<String, Double> quality(Path checkpoint, List<String> overrides, List<KnownAnswer> answers)
            throws InterruptedException {
        return AnswerQuality.means(AnswerEvaluation.of(checkpoint, overrides, answers));
    }
}
