package dev.freshet.ops.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.model.image.IdxFile;
import dev.freshet.model.image.ShapeImages;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * Xu, Nie and Vahdat 2025, f-distill: one teacher, students under several divergences. A student that cannot be its teacher shows what each
 * divergence gives up: modes, or precision.
 */
record DistillExperiment(Settings settings) implements Experiment {
    private static final List<String> METRICS =
            List.of("forward_kl", "reverse_kl", "js", "tv", "precision", "recall", "modes", "frechet_distance");

    private static final List<String> PAPERS =
            List.of("reverse-kl", "softened-reverse-kl", "js", "squared-hellinger", "forward-kl");

    private static final int IMAGES = 4000;

    /**
     * @param steps updates of the student
     * @param imageSteps of a student of images; 0: none is distilled
     * @param further whether there are arms beside the recipe's
     * @param atOnce runs side by side, with a thread or so each
     * @param overrides of all runs
     */
    record Settings(List<Long> seeds, int steps, int imageSteps, boolean further, int atOnce, List<String> overrides) {
        /**
         * Three seeds, and as many updates as two cores have time for; the recipe has 960, after the first 300 of which its measures move no
         * more. With a sweep also Jeffreys' divergence, a trained teacher, and a student that is a network.
         */
        static Settings full(boolean sweep) {
            return new Settings(List.of(1L, 2L, 3L), 600, 400, sweep, 2, List.of());
        }
    }

    @Override
    public String name() {
        return "distill";
    }

    @Override
    public List<String> metrics() {
        return METRICS;
    }

    @Override
    public List<ArmResult> run(ExperimentRuns runs) throws Exception {
        List<Callable<ArmResult>> arms = new ArrayList<>();
        for (DistillRecipe recipe : recipes(runs.directory())) {
            for (String arm : recipe.arms()) {
                for (long seed : settings.seeds()) {
                    arms.add(() -> result(runs, recipe, arm, seed));
                }
            }
        }
        List<ArmResult> results = SideBySide.run(arms, settings.atOnce());
        Files.write(
                runs.directory().resolveSibling("samples.png"),
                SampleSheet.png(new ArmTable(results), (arm, seed) -> picture(runs, arm, seed)));
        return results;
    }

    private List<DistillRecipe> recipes(Path directory) throws Exception {
        List<DistillRecipe> recipes = new ArrayList<>();
        List<String> misspecified = new ArrayList<>(PAPERS);
        if (settings.further()) {
            misspecified.add("jeffreys");
        }
        recipes.add(DistillRecipe.misspecified(misspecified, settings.steps()));
        if (settings.further()) {
            recipes.add(DistillRecipe.fromTrainedTeacher(List.of("reverse-kl", "forward-kl"), settings.steps()));
            recipes.add(DistillRecipe.network(List.of("reverse-kl", "js", "forward-kl"), 3 * settings.steps()));
        }
        if (settings.imageSteps() > 0) {
            Files.createDirectories(directory);
            Path file = IdxFile.write(ShapeImages.draw(IMAGES, 1), directory.resolve("shapes.idx.gz"));
            recipes.add(DistillRecipe.images(List.of("reverse-kl", "js", "forward-kl"), settings.imageSteps(), file));
        }
        return recipes;
    }

    private ArmResult result(ExperimentRuns runs, DistillRecipe recipe, String arm, long seed) throws Exception {
        List<String> own = new ArrayList<>(recipe.run(arm, seed));
        own.addAll(settings.overrides());
        String name = recipe.prefix() + arm;
        FinishedRun run = runs.train(folder(name, seed), own);
        JsonNode measured = run.last("FidelityMeasured").path("measures");
        Map<String, Double> metrics = new LinkedHashMap<>();
        METRICS.forEach(metric -> metrics.put(metric, measured.path(metric).asDouble(Double.NaN)));
        return new ArmResult(name, seed, run.seconds(), metrics);
    }

    private static Path picture(ExperimentRuns runs, String arm, long seed) throws Exception {
        Path run = runs.directory().resolve(folder(arm, seed));
        return run.resolve(
                new FinishedRun(run, 0).last("FidelityMeasured").path("picture").asText());
    }

    private static String folder(String arm, long seed) {
        return arm.replace('/', '-') + "-" + seed;
    }

    @Override
    public List<Ordering> orderings() {
        return List.of(
                new Ordering(
                        "forward_kl",
                        "softened-reverse-kl > reverse-kl > jeffreys > js, squared-hellinger >= forward-kl"),
                new Ordering("precision", "softened-reverse-kl, reverse-kl > js, squared-hellinger > forward-kl"),
                new Ordering("recall", "those that cover >= reverse-kl"));
    }

    @Override
    public List<Check> checks(ArmTable table) {
        return DistillChecks.of(table);
    }
}
