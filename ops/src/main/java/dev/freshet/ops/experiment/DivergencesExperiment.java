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
     * @param seeds each with a base of its own, which its arms share
     * @param leastGain in pass@1 on held-out prompts over the base
     */
    record Settings(List<String> divergences, List<Long> seeds, int steps, List<String> overrides, double leastGain) {
        /** One seed, or three and further alphas with a sweep. */
        static Settings full(boolean sweep) {
            List<String> specs = Stream.concat(
                            DivergenceSpec.known().stream().filter(spec -> !spec.startsWith("alpha")),
                            sweep ? Stream.of("alpha:0.2", "alpha:0.5", "alpha:0.8") : Stream.of("alpha:0.5"))
                    .toList();
            return new Settings(specs, sweep ? List.of(1L, 2L, 3L) : List.of(1L), 70, List.of(), 0.2);
        }
    }

    private static final String BASE = "base";
    private static final String PASS_AT_1 = "pass_at_1";

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
                "entropy",
                "self_bleu",
                "reverse_kl",
                "learner_seconds_per_step",
                "wall_seconds");
    }

    @Override
    public List<ArmResult> run(ExperimentRuns runs) throws Exception {
        List<ArmResult> results = new ArrayList<>();
        for (long seed : settings.seeds()) {
            FinishedRun base = runs.base(seed, settings.overrides());
            results.add(result(BASE, seed, base, base.first("EvaluationCompleted")));
            for (String divergence : settings.divergences()) {
                FinishedRun arm = runs.train(divergence.replace(':', '-') + "-" + seed, arm(divergence, seed, base));
                results.add(result(divergence, seed, arm, arm.last("EvaluationCompleted")));
            }
        }
        return results;
    }

    private List<String> arm(String divergence, long seed, FinishedRun base) {
        return Stream.concat(
                        settings.overrides().stream(),
                        Stream.of(
                                "freshet.train.seed=" + seed,
                                "freshet.train.steps=" + settings.steps(),
                                "freshet.evaluation.at=[end]",
                                "freshet.warm-up.from=" + base.initialCheckpoint(),
                                "freshet.divergence=\"" + divergence + "\""))
                .toList();
    }

    private static ArmResult result(String arm, long seed, FinishedRun run, JsonNode evaluation) throws Exception {
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put(PASS_AT_1, evaluation.at("/pass_at_k/1").asDouble(Double.NaN));
        metrics.put("pass_at_8", evaluation.at("/pass_at_k/8").asDouble(Double.NaN));
        metrics.put("distinct_correct", evaluation.path("distinct_correct").asDouble(Double.NaN));
        metrics.put("entropy", evaluation.at("/measures/entropy").asDouble(Double.NaN));
        metrics.put("self_bleu", evaluation.at("/measures/self_bleu").asDouble(Double.NaN));
        metrics.put(
                "reverse_kl", evaluation.at("/measures/divergences/reverse-kl").asDouble(Double.NaN));
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
        return settings.divergences().stream()
                .map(divergence -> Check.atLeast(
                        divergence + " learns",
                        "pass@1 of " + divergence + " less that of the base",
                        table.mean(divergence, PASS_AT_1) - base,
                        settings.leastGain()))
                .toList();
    }
}
