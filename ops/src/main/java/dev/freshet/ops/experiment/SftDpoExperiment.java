package dev.freshet.ops.experiment;

import dev.freshet.model.rollout.AdmittedPrompt;
import dev.freshet.model.rollout.Prompt;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Wang et al. 2025, "Implicit Reward as the Bridge" (arXiv 2507.00018), small: the same preferences teach a policy more after a supervised
 * fine-tuning that kept it near where it was, by a small learning rate or by an f that holds it, than after one that drove its loss down.
 */
record SftDpoExperiment(Settings settings) implements Experiment {
    static final String NORMAL = "sft-lr-1";
    static final String FIFTH = "sft-lr-1/5";
    static final String TWENTIETH = "sft-lr-1/20";
    static final String PEARSON = "f-sft-pearson";

    static final String SFT_LOSS = "sft_loss";
    static final String GREEDY = "greedy_after_dpo";
    static final String DISTANCE = "kl_after_dpo";
    static final String WIN_RATE = "win_rate";

    /** Apart from the seeds of runs. */
    private static final long SAMPLING_SEED = 0x73667464706fL;

    private static final double HOT = 1;
    private static final double WARM = 0.5;

    /**
     * @param seeds each with a base, demonstrations and preferences of its own, which its arms share
     * @param pairs of the base's answers that are labelled, ties among them
     * @param evaluated prompts that an arm is measured on
     * @param atOnce arms that run side by side
     * @param overrides of all runs
     */
    record Settings(
            List<Long> seeds,
            int warmUpSteps,
            int sftSteps,
            int dpoSteps,
            int pairs,
            int evaluated,
            int atOnce,
            List<Arm> arms,
            List<String> overrides) {
        /** Four arms; with a sweep also other learning rates, betas and divergences. */
        static Settings full(boolean sweep) {
            return new Settings(List.of(1L, 2L, 3L), 800, 200, 300, 2000, 1000, 2, sweep ? SWEPT : ARMS, List.of());
        }
    }

    /** @param sft settings of the supervised fine-tuning */
    record Arm(String name, List<String> sft) {
        static Arm supervised(String name, double learningRate) {
            return new Arm(name, List.of("freshet.objective=sft", "freshet.train.learning-rate=" + learningRate));
        }

        static Arm held(String name, String divergence, double beta) {
            return new Arm(
                    name,
                    List.of(
                            "freshet.objective=f-sft",
                            "freshet.reference=initial",
                            "freshet.divergence=" + divergence,
                            "freshet.divergence-coefficient=" + beta,
                            "freshet.train.learning-rate=0.001"));
        }
    }

    private static final List<Arm> ARMS = List.of(
            Arm.supervised(NORMAL, 1e-3),
            Arm.supervised(FIFTH, 2e-4),
            Arm.supervised(TWENTIETH, 5e-5),
            Arm.held(PEARSON, "pearson-chi2", 1));

    private static final List<Arm> SWEPT = Stream.concat(
                    ARMS.stream(),
                    Stream.of(
                            Arm.supervised("sft-lr-1/50", 2e-5),
                            Arm.held("f-sft-pearson-0.1", "pearson-chi2", 0.1),
                            Arm.held("f-sft-squared-hellinger", "squared-hellinger", 1),
                            Arm.held("f-sft-js-gan", "js-gan", 1)))
            .toList();

    @Override
    public String name() {
        return "sft-dpo";
    }

    @Override
    public List<String> metrics() {
        return List.of(
                SFT_LOSS,
                "kl_after_sft",
                "greedy_after_sft",
                GREEDY,
                "half_after_dpo",
                "sampled_after_dpo",
                DISTANCE,
                "entropy_after_dpo",
                WIN_RATE,
                "wall_seconds");
    }

    @Override
    public List<ArmResult> run(ExperimentRuns runs) throws Exception {
        List<ArmResult> results = new ArrayList<>();
        for (long seed : settings.seeds()) {
            results.addAll(ofSeed(runs, seed));
        }
        return results;
    }

    private List<ArmResult> ofSeed(ExperimentRuns runs, long seed) throws Exception {
        FinishedRun finished = runs.base(
                seed,
                Stream.concat(SftDpoRecipe.base(settings.warmUpSteps()).stream(), settings.overrides().stream())
                        .toList());
        CheckpointedPolicy base = CheckpointedPolicy.of(finished.directory(), finished.initialCheckpoint(), List.of());
        Path demonstrations = LetterData.demonstrations(
                runs.directory().resolve("demonstrations-" + seed + ".jsonl"), base.task(), seed);
        Path preferences = LetterData.preferences(
                runs.directory().resolve("preferences-" + seed + ".jsonl"), base, settings.pairs(), seed);
        Measure measure = new Measure(base, base.task().heldOut().subList(0, settings.evaluated()), seed);
        List<Callable<Trained>> arms = new ArrayList<>();
        for (Arm arm : settings.arms()) {
            arms.add(() -> trained(runs, arm, seed, finished, demonstrations, preferences, measure));
        }
        return compared(SideBySide.run(arms, settings.atOnce()), seed);
    }

    private Trained trained(
            ExperimentRuns runs,
            Arm arm,
            long seed,
            FinishedRun base,
            Path demonstrations,
            Path preferences,
            Measure measure)
            throws Exception {
        String name = arm.name().replace('/', '-') + "-" + seed;
        List<String> sftSettings = new ArrayList<>(SftDpoRecipe.sft(settings.sftSteps(), demonstrations, seed));
        sftSettings.addAll(settings.overrides());
        sftSettings.addAll(arm.sft());
        sftSettings.add("freshet.warm-up.from=" + base.initialCheckpoint());
        FinishedRun sft = runs.train("sft-" + name, sftSettings);
        List<String> dpoSettings = new ArrayList<>(SftDpoRecipe.dpo(settings.dpoSteps(), preferences, seed));
        dpoSettings.addAll(settings.overrides());
        dpoSettings.add("freshet.warm-up.from=" + sft.lastCheckpoint());
        FinishedRun dpo = runs.train("dpo-" + name, dpoSettings);
        CheckpointedPolicy afterSft = CheckpointedPolicy.of(sft.directory(), sft.lastCheckpoint(), List.of());
        CheckpointedPolicy afterDpo = CheckpointedPolicy.of(dpo.directory(), dpo.lastCheckpoint(), List.of());
        PolicySample sampledAfterSft = measure.answers(afterSft, HOT);
        PolicySample sampled = measure.answers(afterDpo, HOT);
        List<Double> greedy = measure.greedy(afterDpo);
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put(SFT_LOSS, SftDpoRecipe.lossOfTheLastEpoch(sft));
        metrics.put("kl_after_sft", measure.distanceFromBase(sampledAfterSft));
        metrics.put("greedy_after_sft", mean(measure.greedy(afterSft)));
        metrics.put(GREEDY, mean(greedy));
        metrics.put("half_after_dpo", mean(measure.answers(afterDpo, WARM).rewards()));
        metrics.put("sampled_after_dpo", mean(sampled.rewards()));
        metrics.put(DISTANCE, measure.distanceFromBase(sampled));
        metrics.put("entropy_after_dpo", -mean(sampled.logProbs()));
        metrics.put("wall_seconds", sft.seconds() + dpo.seconds());
        return new Trained(arm.name(), sft.seconds() + dpo.seconds(), greedy, metrics);
    }

    /** The win rate is against the first arm, on the same prompts; a tie is half a win. */
    private static List<ArmResult> compared(List<Trained> arms, long seed) {
        List<Double> normal = arms.get(0).greedy();
        List<ArmResult> results = new ArrayList<>();
        for (Trained arm : arms) {
            Map<String, Double> metrics = new LinkedHashMap<>(arm.metrics());
            metrics.put(WIN_RATE, winRate(arm.greedy(), normal));
            results.add(new ArmResult(arm.arm(), seed, arm.seconds(), metrics));
        }
        return results;
    }

    static double winRate(List<Double> rewards, List<Double> others) {
        return IntStream.range(0, rewards.size())
                .mapToDouble(i -> (1 + Math.signum(rewards.get(i) - others.get(i))) / 2)
                .average()
                .orElseThrow();
    }

    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    }

    /** What an arm has come to, before it is compared with others. */
    private record Trained(String arm, double seconds, List<Double> greedy, Map<String, Double> metrics) {}

    /** Answers to the same prompts by each policy, and how far they are from the base's. */
    private record Measure(CheckpointedPolicy base, List<Prompt> prompts, long seed) {
        PolicySample answers(CheckpointedPolicy policy, double temperature) throws Exception {
            return policy.answers(prompts, 1, temperature, SAMPLING_SEED + seed);
        }

        List<Double> greedy(CheckpointedPolicy policy) throws Exception {
            return answers(policy, AdmittedPrompt.LOWEST_TEMPERATURE).rewards();
        }

        /** KL of whole answers, from the policy's own. */
        double distanceFromBase(PolicySample sample) throws InterruptedException {
            return mean(sample.logProbs()) - mean(base.logProbs(sample));
        }
    }

    @Override
    public List<Ordering> orderings() {
        return List.of(
                new Ordering(
                        GREEDY,
                        "small learning rate > f-SFT > normal learning rate (win rates of 7B models after DPO)"),
                new Ordering(SFT_LOSS, "the small learning rate has the larger loss: do not select by it"),
                new Ordering(DISTANCE, "the small learning rate stays nearer"));
    }

    @Override
    public List<Check> checks(ArmTable table) {
        return List.of(
                gap(table, "DPO gains more after a twentieth of the rate", GREEDY, TWENTIETH, NORMAL, 0.05),
                gap(table, "DPO gains more after a fifth of the rate", GREEDY, FIFTH, NORMAL, 0.02),
                gap(table, "DPO gains more after Pearson f-SFT", GREEDY, PEARSON, NORMAL, 0),
                Check.atLeast(
                        "a twentieth of the rate wins",
                        "win rate of " + TWENTIETH + " against " + NORMAL,
                        table.mean(TWENTIETH, WIN_RATE),
                        0.55),
                gap(table, "a twentieth of the rate stays nearer", DISTANCE, NORMAL, TWENTIETH, 0),
                gap(table, "a twentieth of the rate has the larger SFT loss", SFT_LOSS, TWENTIETH, NORMAL, 0));
    }

    private static Check gap(ArmTable table, String name, String metric, String above, String below, double least) {
        return Check.above(
                name,
                metric + " of " + above + " less that of " + below,
                table.mean(above, metric) - table.mean(below, metric),
                least);
    }
}
