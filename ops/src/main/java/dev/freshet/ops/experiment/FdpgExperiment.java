package dev.freshet.ops.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/**
 * Go et al. 2023, f-DPG: four divergences from one target. What each gains in alignment it loses in diversity, and each is the best in its
 * own measure where the target cannot be met.
 */
record FdpgExperiment(Settings settings) implements Experiment {
    /** Arms, with the spec that they train with: the paper's JS is twice the textbooks'. */
    private static final Map<String, String> TRAINED_WITH = Map.of("js", "js-gan");

    private static final List<String> ARMS = List.of("forward-kl", "js", "tv", "reverse-kl");

    /** Apart from the seeds of runs. */
    private static final long SAMPLING_SEED = 0x66647067L;

    /**
     * @param seeds of the arms; all begin from one base
     * @param common settings of all runs, the base that they begin from, too
     * @param recipes each with arms of its own
     * @param alphas divergences that the first size is trained with besides, each {@code alpha:A}
     * @param sizes of the model; the first is the one that is checked
     * @param atOnce arms that run side by side, with a thread or so each
     */
    record Settings(
            List<Long> seeds,
            List<String> common,
            List<FdpgRecipe> recipes,
            List<String> alphas,
            List<Size> sizes,
            int atOnce,
            List<String> overrides) {
        /** Three seeds; with a sweep also three alphas, and a model four times as large. */
        static Settings full(boolean sweep) {
            Size small = new Size("", List.of());
            Size large = new Size("large-", List.of("freshet.model.width=128", "freshet.model.feed-forward=344"));
            return new Settings(
                    List.of(1L, 2L, 3L),
                    FdpgRecipe.common(),
                    List.of(FdpgRecipe.endsAsItBegins(160, 5000), FdpgRecipe.rareLetterOnce(200, 20_000)),
                    sweep ? List.of("alpha:0.2", "alpha:0.5", "alpha:0.8") : List.of(),
                    sweep ? List.of(small, large) : List.of(small),
                    2,
                    List.of());
        }

        private List<String> arms(Size size) {
            return size.equals(sizes.get(0))
                    ? Stream.concat(ARMS.stream(), alphas.stream()).toList()
                    : ARMS;
        }
    }

    /**
     * A size of the model.
     *
     * @param prefix of its arms' names
     */
    record Size(String prefix, List<String> overrides) {}

    @Override
    public String name() {
        return "fdpg";
    }

    @Override
    public List<String> metrics() {
        return TargetDistance.METRICS;
    }

    @Override
    public List<ArmResult> run(ExperimentRuns runs) throws Exception {
        List<ArmResult> results = new ArrayList<>();
        for (Size size : settings.sizes()) {
            List<String> common = Stream.of(settings.common(), size.overrides(), settings.overrides())
                    .flatMap(List::stream)
                    .toList();
            FinishedRun base = runs.within(size.prefix() + "base").base(1, common);
            for (FdpgRecipe recipe : settings.recipes()) {
                FdpgBase measuredFrom = FdpgBase.of(base, recipe, SAMPLING_SEED);
                results.addAll(arms(runs, recipe, size, common, measuredFrom));
            }
        }
        return results;
    }

    private List<ArmResult> arms(ExperimentRuns runs, FdpgRecipe recipe, Size size, List<String> common, FdpgBase base)
            throws Exception {
        List<Callable<ArmResult>> arms = new ArrayList<>();
        for (long seed : settings.seeds()) {
            for (String arm : settings.arms(size)) {
                List<String> own = new ArrayList<>(common);
                own.addAll(recipe.arm(TRAINED_WITH.getOrDefault(arm, arm)));
                own.add("freshet.train.seed=" + seed);
                own.add("freshet.warm-up.from=" + base.checkpoint());
                own.add("freshet.evaluation.at=[]");
                String name = size.prefix() + recipe.prefix() + arm;
                arms.add(() -> {
                    FinishedRun run = runs.train(name.replaceAll("[/:]", "-") + "-" + seed, own);
                    return new ArmResult(name, seed, run.seconds(), base.distanceOf(run, SAMPLING_SEED + seed));
                });
            }
        }
        return SideBySide.run(arms, settings.atOnce());
    }

    @Override
    public List<Ordering> orderings() {
        return settings.sizes().stream()
                .flatMap(size -> orderings(size.prefix() + "1a/", size.prefix() + "1b/"))
                .toList();
    }

    /**
     * @param met what the names of the arms begin with whose target can be met
     * @param unmet and of those whose cannot
     */
    private static Stream<Ordering> orderings(String met, String unmet) {
        return Stream.of(
                new Ordering("alignment", met, "reverse-kl > tv > js > forward-kl"),
                new Ordering("entropy", met, "forward-kl > js > tv > reverse-kl"),
                new Ordering("entropy", unmet, "forward-kl > js > tv > reverse-kl"),
                new Ordering("forward_kl", unmet, "forward-kl is the smallest, js near it"),
                new Ordering("reverse_kl", unmet, "reverse-kl is the smallest"),
                new Ordering("js", unmet, "js is the smallest"),
                new Ordering("tv", unmet, "tv is the smallest"));
    }

    @Override
    public List<Check> checks(ArmTable table) {
        return FdpgChecks.of(table, settings.sizes().stream().map(Size::prefix).toList());
    }
}
