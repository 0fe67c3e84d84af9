package dev.freshet.ops.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.model.divergence.DivergenceSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The quickstart under every divergence: what each does to accuracy, to pass@k and to diversity, and what it costs. No paper's
 * claim stands behind it, but one rule: no divergence may keep the policy from learning.
 */
record DivergencesExperiment(Settings settings) implements Experiment {
    /**
     * @param divergences specs, an arm each
     * @param coefficients that JS is trained with besides, an arm each
     * @param seeds each with a base of its own, which its arms share
     * @param leastGain in pass@1 on held-out prompts over the base
     */
    record Settings(
            List<String> divergences,
            List<Double> coefficients,
            List<Long> seeds,
            int steps,
            List<String> overrides,
            double leastGain) {
        /** One seed; three, further alphas and coefficients with a sweep. Of fewer steps than the quickstart, which would take an hour. */
        static Settings full(boolean sweep) {
            List<String> specs = Stream.concat(
                            DivergenceSpec.known().stream().filter(spec -> !spec.startsWith("alpha")),
                            sweep ? Stream.of("alpha:0.2", "alpha:0.5", "alpha:0.8") : Stream.of("alpha:0.5"))
                    .toList();
            return new Settings(
                    specs,
                    sweep ? List.of(0.2, 0.8) : List.of(),
                    sweep ? List.of(1L, 2L, 3L) : List.of(1L),
                    70,
                    List.of(),
                    0.2);
        }

        private List<Arm> arms() {
            return Stream.concat(
                            divergences.stream().map(spec -> new Arm(spec, "freshet.divergence=\"" + spec + "\"")),
                            coefficients.stream()
                                    .map(coefficient ->
                                            new Arm(JS + "-" + coefficient, COEFFICIENT + "=" + coefficient)))
                    .toList();
        }
    }

    /** @param setting over the quickstart's, which has JS and a coefficient of 0.05 */
    private record Arm(String name, String setting) {}

    private static final String JS = "js";
    private static final String COEFFICIENT = "freshet.divergence-coefficient";

    private static final String BASE = "base";
    private static final String PASS_AT_1 = "pass_at_1";
    private static final String ENTROPY = "entropy";
    private static final String REVERSE_KL = "reverse_kl";

    @Override
    public String name() {
        return "divergences";
    }

    @Override
    public List<String> metrics() {
        return List.of(
                PASS_AT_1,
                "pass_at_8",
                "distinct_correct",
                ENTROPY,
                "self_bleu",
                REVERSE_KL,
                "learner_seconds_per_step",
                "wall_seconds");
    }

    @Override
    public List<ArmResult> run(ExperimentRuns runs) throws Exception {
        List<ArmResult> results = new ArrayList<>();
        for (long seed : settings.seeds()) {
            FinishedRun base = runs.base(seed, settings.overrides());
            results.add(result(BASE, seed, base, base.first("EvaluationCompleted")));
            for (Arm arm : settings.arms()) {
                FinishedRun run = runs.train(arm.name().replace(':', '-') + "-" + seed, settingsOf(arm, seed, base));
                results.add(result(arm.name(), seed, run, run.last("EvaluationCompleted")));
            }
        }
        return results;
    }

    private List<String> settingsOf(Arm arm, long seed, FinishedRun base) {
        return Stream.concat(
                        settings.overrides().stream(),
                        Stream.of(
                                "freshet.train.seed=" + seed,
                                "freshet.train.steps=" + settings.steps(),
                                "freshet.evaluation.at=[end]",
                                "freshet.warm-up.from=" + base.initialCheckpoint(),
                                arm.setting()))
                .toList();
    }

    private static ArmResult result(String arm, long seed, FinishedRun run, JsonNode evaluation) throws Exception {
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put(PASS_AT_1, evaluation.at("/pass_at_k/1").asDouble(Double.NaN));
        metrics.put("pass_at_8", evaluation.at("/pass_at_k/8").asDouble(Double.NaN));
        metrics.put("distinct_correct", evaluation.path("distinct_correct").asDouble(Double.NaN));
        metrics.put(ENTROPY, evaluation.at("/measures/entropy").asDouble(Double.NaN));
        metrics.put("self_bleu", evaluation.at("/measures/self_bleu").asDouble(Double.NaN));
        metrics.put(
                REVERSE_KL, evaluation.at("/measures/divergences/reverse-kl").asDouble(Double.NaN));
        metrics.put("learner_seconds_per_step", run.medianStepSeconds());
        metrics.put("wall_seconds", run.seconds());
        return new ArmResult(arm, seed, run.seconds(), metrics);
    }

    @Override
    public List<Ordering> orderings() {
        return List.of(new Ordering(
                "entropy",
                "none: the table tells how covering each divergence is on a task that is learnt in one piece"));
    }

    @Override
    public List<Check> checks(ArmTable table) {
        double base = table.mean(BASE, PASS_AT_1);
        Stream<Check> learns = settings.divergences().stream()
                .map(divergence -> Check.atLeast(
                        divergence + " learns",
                        "pass@1 of " + divergence + " less that of the base",
                        table.mean(divergence, PASS_AT_1) - base,
                        settings.leastGain()));
        List<String> metrics = List.of(PASS_AT_1, ENTROPY, REVERSE_KL);
        Stream<Check> trends = Stream.of(
                        RankTrend.told(table, "alpha", List.of("alpha:0.2", "alpha:0.5", "alpha:0.8"), metrics),
                        RankTrend.told(table, "the coefficient of js", List.of(JS, "js-0.2", "js-0.8"), metrics))
                .flatMap(List::stream);
        return Stream.concat(learns, trends).toList();
    }
}
