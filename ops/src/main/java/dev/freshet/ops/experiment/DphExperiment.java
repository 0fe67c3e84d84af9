package dev.freshet.ops.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/**
 * Li et al. 2025, "The Choice of Divergence" (DPH-RL, arXiv 2509.07430), small: on countdown, whose problems have several answers, plain
 * GRPO gains little and loses variety and a second skill; rehearsing what the first policy could do keeps most of both.
 */
record DphExperiment(Settings settings) implements Experiment {
    /**
     * @param seeds each with a base and a rehearsal set of its own, which its arms share
     * @param steps of each arm
     * @param atOnce bases or arms that run side by side
     * @param overrides of all runs, the base's included
     * @param secondSkillPrompts additions that are measured, which RL never trains
     */
    record Settings(
            List<Long> seeds, int steps, List<String> overrides, List<Arm> arms, int secondSkillPrompts, int atOnce) {
        static Settings full(boolean sweep) {
            return new Settings(List.of(1L, 2L, 3L), 80, COUNTDOWN, sweep ? SWEPT : ARMS, 400, 2);
        }
    }

    /** @param settings over those of all arms */
    record Arm(String name, List<String> settings) {
        /** Against a divergence from the set of the first policy, which is in no memory. */
        static Arm rehearsing(String name, String divergence, double coefficient) {
            return new Arm(
                    name,
                    List.of(
                            REHEARSAL,
                            WITHOUT_REFERENCE,
                            "freshet.divergence=" + divergence,
                            "freshet.divergence-coefficient=" + coefficient));
        }

        boolean rehearses() {
            return settings.contains(REHEARSAL);
        }
    }

    /** Where no penalty asks for it, it would only be measured. */
    private static final String WITHOUT_REFERENCE = "freshet.reference=off";

    private static final String REHEARSAL = "freshet.divergence-estimator=rehearsal";

    private static final List<String> COUNTDOWN = List.of(
            "freshet.task.name=countdown",
            "freshet.generation.max-completion-length=6",
            "freshet.warm-up.steps=1500",
            "freshet.warm-up.threads=1",
            "freshet.train.own-cpus=off",
            // Of matrices so small oneDNN is the slower one.
            "freshet.train.matrix-flavour=plain",
            "freshet.monitors.interval=0",
            "freshet.checkpoint.interval=0",
            "freshet.run.rollouts-per-step=0",
            "freshet.train.batch-groups=64",
            "freshet.train.learning-rate=1e-3",
            "freshet.evaluation.prompts=400",
            "freshet.evaluation.samples=32",
            "freshet.evaluation.k=[1, 16]");

    private static final Arm DPH_F = Arm.rehearsing("dph-f", "forward-kl", 1);

    private static final List<Arm> ARMS = List.of(
            new Arm("grpo", List.of("freshet.divergence=none", WITHOUT_REFERENCE)),
            new Arm("reverse-kl", List.of("freshet.divergence=reverse-kl", "freshet.divergence-coefficient=0.2")),
            DPH_F,
            Arm.rehearsing("dph-js", "js-gan", 2));

    private static final List<Arm> ALPHAS = List.of(
            Arm.rehearsing("dph-alpha-0.2", "alpha:0.2", 1),
            Arm.rehearsing("dph-alpha-0.5", "alpha:0.5", 1),
            Arm.rehearsing("dph-alpha-0.8", "alpha:0.8", 1));

    /** Below the coefficients of DPH-F and of DPH-JS. */
    private static final List<Arm> WEAK = List.of(
            Arm.rehearsing("dph-f-0.1", "forward-kl", 0.1),
            Arm.rehearsing("dph-f-0.3", "forward-kl", 0.3),
            Arm.rehearsing("dph-js-0.2", "js-gan", 0.2),
            Arm.rehearsing("dph-js-0.6", "js-gan", 0.6));

    private static final List<Arm> SWEPT =
            Stream.of(ARMS, ALPHAS, WEAK).flatMap(List::stream).toList();

    static final String BASE = "base";
    static final String PASS_AT_1 = "pass_at_1";
    static final String PASS_AT_16 = "pass_at_16";
    static final String DISTINCT = "distinct_correct";
    static final String SECOND_SKILL = "second_skill_pass_at_1";

    @Override
    public String name() {
        return "dph";
    }

    @Override
    public List<String> metrics() {
        return List.of(PASS_AT_1, PASS_AT_16, DISTINCT, SECOND_SKILL, "wall_seconds");
    }

    @Override
    public List<ArmResult> run(ExperimentRuns runs) throws Exception {
        SecondSkill additions =
                SecondSkill.write(runs.directory().resolve("addition.jsonl"), settings.secondSkillPrompts());
        List<Callable<Base>> bases = new ArrayList<>();
        settings.seeds().forEach(seed -> bases.add(() -> base(runs, seed)));
        return SideBySide.run(bases, base -> measured(runs, base, additions), settings.atOnce());
    }

    /** What a seed's arms begin from. */
    private record Base(long seed, FinishedRun run, Path rehearsal) {}

    private Base base(ExperimentRuns runs, long seed) throws Exception {
        FinishedRun run = runs.base(
                seed,
                Stream.concat(settings.overrides().stream(), Stream.of("freshet.divergence=none", WITHOUT_REFERENCE))
                        .toList());
        return new Base(seed, run, runs.rehearsal("rehearsal-" + seed, run.initialCheckpoint()));
    }

    private List<Callable<ArmResult>> measured(ExperimentRuns runs, Base base, SecondSkill additions) {
        List<Callable<ArmResult>> all = new ArrayList<>();
        all.add(() -> result(
                BASE,
                base.seed(),
                base.run(),
                base.run().first("EvaluationCompleted"),
                additions.passAt1(base.run().initialCheckpoint())));
        for (Arm arm : settings.arms()) {
            all.add(() -> {
                FinishedRun run = runs.train(
                        arm.name() + "-" + base.seed(), settings(arm, base.seed(), base.run(), base.rehearsal()));
                return result(
                        arm.name(),
                        base.seed(),
                        run,
                        run.last("EvaluationCompleted"),
                        additions.passAt1(run.lastCheckpoint()));
            });
        }
        return all;
    }

    private List<String> settings(Arm arm, long seed, FinishedRun base, Path set) {
        List<String> all = new ArrayList<>(settings.overrides());
        all.add("freshet.train.seed=" + seed);
        all.add("freshet.train.steps=" + settings.steps());
        all.add("freshet.evaluation.at=[end]");
        all.add("freshet.warm-up.from=" + base.initialCheckpoint());
        if (arm.rehearses()) {
            all.add("freshet.rehearsal.from=" + set);
        }
        all.addAll(arm.settings());
        return all;
    }

    private static ArmResult result(String arm, long seed, FinishedRun run, JsonNode evaluation, double secondSkill)
            throws IOException {
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put(PASS_AT_1, evaluation.at("/pass_at_k/1").asDouble(Double.NaN));
        metrics.put(PASS_AT_16, evaluation.at("/pass_at_k/16").asDouble(Double.NaN));
        metrics.put(DISTINCT, evaluation.path("distinct_correct").asDouble(Double.NaN));
        metrics.put(SECOND_SKILL, secondSkill);
        metrics.put("wall_seconds", run.seconds());
        return new ArmResult(arm, seed, run.seconds(), metrics);
    }

    @Override
    public List<Ordering> orderings() {
        return List.of(
                new Ordering(PASS_AT_1, "dph-js > dph-f > reverse-kl > grpo > base (BIRD, Llama-3.1-8B)"),
                new Ordering(PASS_AT_16, "base > dph-js > reverse-kl, dph-f > grpo (BIRD, Llama-3.1-8B)"),
                new Ordering(DISTINCT, "none: the paper counts no different answers"),
                new Ordering(
                        SECOND_SKILL, "base > dph-f > dph-js > grpo > reverse-kl (mathematics after training on SQL)"));
    }

    @Override
    public List<Check> checks(ArmTable table) {
        return DphChecks.of(table, settings.arms().stream().map(Arm::name).toList());
    }
}
