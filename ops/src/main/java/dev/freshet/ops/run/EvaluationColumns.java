package dev.freshet.ops.run;

import dev.freshet.model.divergence.DivergenceSpec;
import dev.freshet.model.task.Task;
import dev.freshet.streams.EvaluationMeasures;
import dev.freshet.streams.PipelineEvent.EvaluationCompleted;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * What {@code metrics.csv} has of evaluations: {@code pass_at_1} and {@code pass_at_8} of the held-out suite, and then, for each suite
 * and under its name, what its newest evaluation said.
 */
final class EvaluationColumns {
    private static final List<Integer> NGRAMS = List.of(1, 2, 3, 4);

    /** Those that evaluations measure of themselves; what the samples do not suffice for stays empty. */
    private static final List<Integer> PASSES = List.of(1, 2, 4, 8, 16, 32, 64);

    private final List<String> suites;
    private final Map<String, EvaluationCompleted> newest = new HashMap<>();

    EvaluationColumns(List<String> suites) {
        this.suites = List.copyOf(suites);
    }

    void add(EvaluationCompleted evaluation) {
        newest.put(evaluation.suite(), evaluation);
    }

    List<String> names() {
        List<String> names = new ArrayList<>();
        RunSummary.REPORTED_K.forEach(k -> names.add("pass_at_" + k));
        for (String suite : suites) {
            for (String column : ofASuite().keySet()) {
                names.add(suite + "_" + column);
            }
        }
        return names;
    }

    /** NaN for what is not known. */
    List<Double> values() {
        List<Double> values = new ArrayList<>();
        RunSummary.REPORTED_K.forEach(k -> values.add(of(Task.HELD_OUT, passAt(k))));
        for (String suite : suites) {
            ofASuite().values().forEach(column -> values.add(of(suite, column)));
        }
        return values;
    }

    private double of(String suite, ToDoubleFunction<EvaluationCompleted> column) {
        EvaluationCompleted evaluation = newest.get(suite);
        return evaluation == null ? Double.NaN : column.applyAsDouble(evaluation);
    }

    /** By name, in the order of the columns. */
    private static Map<String, ToDoubleFunction<EvaluationCompleted>> ofASuite() {
        Map<String, ToDoubleFunction<EvaluationCompleted>> columns = new LinkedHashMap<>();
        columns.put("version", evaluation -> evaluation.version().number());
        PASSES.forEach(k -> columns.put("pass_at_" + k, passAt(k)));
        columns.put("pass_at_1_change", measured(EvaluationMeasures::changeSinceStart));
        columns.put("mean_reward", EvaluationCompleted::meanReward);
        columns.put("distinct_correct", EvaluationCompleted::distinctCorrect);
        columns.put("entropy", measured(EvaluationMeasures::entropy));
        NGRAMS.forEach(n -> columns.put(
                "distinct_" + n, measured(measures -> measures.distinctNgrams().getOrDefault(n, Double.NaN))));
        columns.put("self_bleu", measured(EvaluationMeasures::selfBleu));
        DivergenceSpec.named()
                .keySet()
                .forEach(spec -> columns.put(
                        spec.replace('-', '_'),
                        measured(measures -> measures.divergences().getOrDefault(spec, Double.NaN))));
        return columns;
    }

    private static ToDoubleFunction<EvaluationCompleted> passAt(int k) {
        return evaluation -> evaluation.passAtK().getOrDefault(k, Double.NaN);
    }

    private static ToDoubleFunction<EvaluationCompleted> measured(ToDoubleFunction<EvaluationMeasures> measure) {
        return evaluation -> measure.applyAsDouble(evaluation.measures());
    }
}
