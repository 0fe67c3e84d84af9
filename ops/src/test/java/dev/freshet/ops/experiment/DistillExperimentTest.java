package dev.freshet.ops.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.ops.cli.SettingsLoader;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On what the recipe's prototype measured. */
class DistillExperimentTest {
    private static final List<String> METRICS = List.of("forward_kl", "reverse_kl", "precision", "recall");
    private static final DistillExperiment EXPERIMENT = new DistillExperiment(DistillExperiment.Settings.full(false));

    private static final ArmTable SEEN = new ArmTable(List.of(
            arm("reverse-kl", 3.38, 1.22, 0.952, 0.371),
            arm("softened-reverse-kl", 3.37, 1.19, 0.965, 0.371),
            arm("js", 2.93, 1.88, 0.67, 0.58),
            arm("squared-hellinger", 2.95, 1.99, 0.64, 0.58),
            arm("forward-kl", 1.97, 2.86, 0.200, 1.0)));

    @TempDir
    private Path folder;

    @Test
    void whatThePrototypeSawPasses() {
        assertThat(EXPERIMENT.checks(SEEN)).hasSize(6).allMatch(Check::pass);
    }

    @Test
    void armsThatAreAllAlikePassOnlyWhatAllowsThat() {
        List<ArmResult> alike = SEEN.results().stream()
                .map(result ->
                        new ArmResult(result.arm(), 1, 1, SEEN.results().get(0).metrics()))
                .toList();
        assertThat(EXPERIMENT.checks(new ArmTable(alike)))
                .filteredOn(Check::pass)
                .extracting(Check::name)
                .containsExactly(
                        "softened reverse KL is as precise as reverse KL",
                        "softened reverse KL is as near in reverse KL");
    }

    @Test
    void everyArmAndMetricHasTheNameThatScriptsKnow() {
        assertThat(EXPERIMENT.metrics()).containsAll(METRICS).contains("js", "tv", "modes", "frechet_distance");
        assertThat(EXPERIMENT.settings().seeds()).hasSizeGreaterThanOrEqualTo(3);
        EXPERIMENT
                .orderings()
                .forEach(ordering -> assertThat(ordering.beside(SEEN)).contains("ours"));
        assertThat(new Experiments().names()).contains("distill");
    }

    @Test
    void theSettingsOfAllRunsAreKnown() {
        List<String> arms = List.of("reverse-kl", "js", "alpha:0.5");
        for (DistillRecipe recipe : List.of(
                DistillRecipe.misspecified(arms, 10),
                DistillRecipe.fromTrainedTeacher(arms, 10),
                DistillRecipe.network(arms, 10),
                DistillRecipe.images(arms, 10, folder))) {
            for (String arm : recipe.arms()) {
                var config = new SettingsLoader().defaults(recipe.run(arm, 7));
                assertThat(config.getString("freshet.objective")).isEqualTo("f-distill");
                assertThat(config.getLong("freshet.train.seed")).isEqualTo(7);
                assertThat(config.getString("freshet.divergence")).isEqualTo(arm.equals("js") ? "js-gan" : arm);
            }
        }
    }

    @Test
    void theSheetHasAPlaceForEachRunAlsoWhereAPictureIsMissing() throws Exception {
        Path picture = folder.resolve("picture.png");
        ImageIO.write(new BufferedImage(200, 100, BufferedImage.TYPE_INT_RGB), "png", picture.toFile());
        byte[] png = SampleSheet.png(SEEN, (arm, seed) -> arm.equals("js") ? folder.resolve("missing.png") : picture);
        BufferedImage sheet = ImageIO.read(new ByteArrayInputStream(png));
        assertThat(sheet.getHeight()).isGreaterThan(5 * 165);
        assertThat(sheet.getRGB(50, 60)).isEqualTo(0xFF000000);
        assertThat(sheet.getRGB(50, 60 + 2 * 195)).isEqualTo(0xFFFFFFFF);
    }

    private static ArmResult arm(String name, double... values) {
        Map<String, Double> metrics = new LinkedHashMap<>();
        for (int i = 0; i < values.length; i++) {
            metrics.put(METRICS.get(i), values[i]);
        }
        return new ArmResult(name, 1, 1, metrics);
    }
}
