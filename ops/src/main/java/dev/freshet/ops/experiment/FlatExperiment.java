package dev.freshet.ops.experiment;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/**
 * Wang et al. 2024, FLAT (arXiv 2410.11143), small: a policy that knows facts about forty authors unlearns those about four, by methods
 * that see nothing but the answers to be forgotten and templates. What they forget is compared with what they lose of the rest.
 */
record FlatExperiment(Settings settings) implements Experiment {
    static final String BASE = "base";

    /**
     * @param seeds each with a world and a base of its own, which its arms share
     * @param baseSteps of the base's training, by maximum likelihood on {@code baseBatch} lessons each
     * @param endSteps the step at which all arms are compared at their ends
     * @param atOnce bases, and then arms, that run side by side
     */
    record Settings(
            List<Long> seeds,
            int baseSteps,
            int baseBatch,
            int endSteps,
            List<FlatArm> arms,
            int atOnce,
            List<String> overrides) {
        private static final int STEPS = 160;

        /** FLAT pushes ever less, and may take longer. */
        private static final int FLAT_STEPS = 240;

        /** Three seeds; with a sweep also the divergences that the paper leaves to its code. */
        static Settings full(boolean sweep) {
            Stream<FlatArm> arms =
                    Stream.concat(FlatArm.baselines(STEPS).stream(), FlatArm.ofThePaper(FLAT_STEPS).stream());
            Stream<FlatArm> more = sweep ? FlatArm.ofTheCode(FLAT_STEPS).stream() : Stream.of();
            return new Settings(
                    List.of(1L, 2L, 3L),
                    1200,
                    128,
                    STEPS,
                    Stream.concat(arms, more).toList(),
                    2,
                    List.of());
        }
    }

    private static final List<String> MODEL = List.of(
            "freshet.model.layers=2",
            "freshet.generation.max-completion-length=4",
            "freshet.generation.chunk=4",
            "freshet.train.mini-batches=1",
            "freshet.train.adam.beta2=0.999",
            "freshet.train.own-cpus=off",
            "freshet.monitors.interval=0",
            "freshet.run.rollouts-per-step=0",
            "freshet.evaluation.prompts=8",
            "freshet.evaluation.samples=1");

    private static final List<String> TAUGHT = List.of(
            "freshet.warm-up.from=random",
            "freshet.warm-up.initializer-range=0.02",
            "freshet.objective=sft",
            "freshet.divergence=none",
            "freshet.reference=off",
            "freshet.train.learning-rate=3e-3",
            "freshet.train.learning-rate-warm-up-steps=20",
            "freshet.train.learning-rate-schedule=linear",
            "freshet.train.final-learning-rate-fraction=0.02",
            "freshet.checkpoint.interval=0");

    private static final List<String> UNLEARNING = List.of(
            "freshet.dataset.completion-end=nothing",
            "freshet.dataset.batch-examples=20",
            "freshet.train.learning-rate=5e-5",
            "freshet.train.learning-rate-warm-up-steps=0",
            "freshet.train.learning-rate-schedule=constant",
            "freshet.train.adam.weight-decay=0.01",
            "freshet.checkpoint.interval=10",
            "freshet.checkpoint.keep-last=1000");

    @Override
    public String name() {
        return "flat";
    }

    @Override
    public List<String> metrics() {
        return Stream.concat(FlatCourse.metrics().stream(), Stream.of("wall_seconds"))
                .toList();
    }

    @Override
    public List<ArmResult> run(ExperimentRuns runs) throws Exception {
        List<Callable<Base>> bases = new ArrayList<>();
        settings.seeds().forEach(seed -> bases.add(() -> base(runs, seed)));
        List<ArmResult> results = new ArrayList<>();
        List<Callable<ArmResult>> arms = new ArrayList<>();
        for (Base base : SideBySide.run(bases, settings.atOnce())) {
            results.add(base.result());
            settings.arms().forEach(arm -> arms.add(() -> unlearn(runs, arm, base)));
        }
        results.addAll(SideBySide.run(arms, settings.atOnce()));
        return results;
    }

    private Base base(ExperimentRuns runs, long seed) throws Exception {
        FlatWorld world = new FlatWorld(seed);
        FlatFiles files = FlatFiles.write(
                runs.directory().resolve("world-" + seed), world, settings.baseSteps() * settings.baseBatch());
        FinishedRun run = runs.train("base-" + seed, base(files, seed));
        FlatCourse course = new FlatCourse(world, settings.endSteps());
        return new Base(
                seed,
                files,
                course,
                run.lastCheckpoint(),
                result(BASE, seed, run, course.ofBase(run.lastCheckpoint(), List.of())));
    }

    /** What a seed's arms share. */
    private record Base(long seed, FlatFiles files, FlatCourse course, Path checkpoint, ArmResult result) {}

    private ArmResult unlearn(ExperimentRuns runs, FlatArm arm, Base base) throws Exception {
        FinishedRun run =
                runs.train(arm.name() + "-" + base.seed(), arm(arm, base.files(), base.seed(), base.checkpoint()));
        return result(arm.name(), base.seed(), run, base.course().of(run));
    }

    List<String> base(FlatFiles files, long seed) {
        return Stream.of(
                        files.common(),
                        MODEL,
                        TAUGHT,
                        List.of(
                                files.lessons(),
                                "freshet.train.steps=" + settings.baseSteps(),
                                "freshet.dataset.batch-examples=" + settings.baseBatch(),
                                "freshet.train.seed=" + seed),
                        settings.overrides())
                .flatMap(List::stream)
                .toList();
    }

    List<String> arm(FlatArm arm, FlatFiles files, long seed, Path base) {
        return Stream.of(
                        files.common(),
                        MODEL,
                        UNLEARNING,
                        arm.settings(),
                        List.of(
                                arm.retains() ? files.forgetAndRetain() : files.forget(),
                                "freshet.warm-up.from=" + base,
                                "freshet.train.steps=" + arm.steps(),
                                "freshet.train.seed=" + seed),
                        settings.overrides())
                .flatMap(List::stream)
                .toList();
    }

    private static ArmResult result(String arm, long seed, FinishedRun run, Map<String, Double> course) {
        Map<String, Double> metrics = new LinkedHashMap<>(course);
        metrics.put("wall_seconds", run.seconds());
        return new ArmResult(arm, seed, run.seconds(), metrics);
    }

    @Override
    public List<Ordering> orderings() {
        return List.of(
                new Ordering(
                        FlatCourse.at(FlatCourse.EXACT_0, FlatCourse.RETAIN_EXACT),
                        "flat is the best or the second best of all; its divergences are close to each other"),
                new Ordering(
                        FlatCourse.at(FlatCourse.END, FlatCourse.FORGET_PROBABILITY),
                        "none: the paper has qualitative results alone"),
                new Ordering(
                        FlatCourse.at(FlatCourse.END, FlatCourse.UTILITY_EXACT),
                        "flat keeps utility, gradient-ascent loses it"));
    }

    @Override
    public List<Check> checks(ArmTable table) {
        return FlatChecks.of(table);
    }
}
