package dev.freshet.ops.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.freshet.model.answers.KnownAnswer;
import dev.freshet.ops.cli.SettingsLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SafExperimentTest {
    private static final SafExperiment FULL = new SafExperiment(SafExperiment.Settings.full(false));
    private static final SafExperiment SWEEP = new SafExperiment(SafExperiment.Settings.full(true));

    /** What the prototypes of the recipe measured. */
    private static final ArmTable MEASURED = new ArmTable(List.of(
            arm("adam", 1, 1.7555, 0.6165, 23.28),
            arm("saf", 1, 1.6746, 0.5856, 24.16),
            arm("mesa", 1, 1.6008, 0.5557, 29.19),
            arm("sam", 1, 1.4795, 0.3302, 43.89),
            arm("adam", 2, 2.2171, 0.7771, 19.11),
            arm("saf", 2, 2.1241, 0.7466, 18.91),
            arm("mesa", 2, 2.0438, 0.7188, 25.27),
            arm("sam", 2, 1.8979, 0.4472, 38.00)));

    @Test
    void hasTheArmsAndMetricsThatScriptsRelyOn() {
        assertThat(FULL.settings().arms())
                .extracting(SafExperiment.Arm::name)
                .containsExactly("adam", "saf", "mesa", "sam");
        assertThat(FULL.metrics())
                .contains("test_accuracy", "test_loss", "rise_under_weight_noise", "milliseconds_per_step");
        assertThat(FULL.settings().seeds()).hasSizeGreaterThanOrEqualTo(3);
        assertThat(FULL.settings().steps()).isEqualTo(400);
        assertThat(SWEEP.settings().arms()).extracting(SafExperiment.Arm::name).contains("saf-top-4", "sam-mesa");
    }

    @Test
    void itsChecksHoldWhereTheEffectIsAndOnlyThere() {
        assertThat(FULL.checks(MEASURED)).hasSize(11).allMatch(Check::pass);
        List<ArmResult> without = new ArrayList<>(MEASURED.results().subList(0, 7));
        without.add(arm("sam", 2, 2.1, 0.7, 19));
        assertThat(FULL.checks(new ArmTable(without)))
                .filteredOn(check -> !check.pass())
                .extracting(Check::name)
                .containsExactly("sam has less test_loss than mesa", "sam costs two passes");
    }

    @Test
    void theSettingsOfAllRunsAreKnown() {
        for (SafExperiment.Arm arm : SWEEP.settings().arms()) {
            List<String> settings = new ArrayList<>(SafExperiment.COMMON);
            settings.addAll(WordTokenizer.settings(Path.of("tokenizer.json")));
            settings.addAll(arm.settings());
            assertThat(new SettingsLoader().defaults(settings).getString("freshet.objective"))
                    .isEqualTo("sft");
        }
    }

    @Test
    void aQuarterOfTheLabelsIsDrawnAnewAndTestsAreRight() {
        SafWorld world = new SafWorld(1);
        List<KnownAnswer> wrong = world.training(4000);
        List<KnownAnswer> right = new SafWorld(1).training(4000);
        assertThat(wrong).isEqualTo(right);
        assertThat(world.test(10)).isNotEqualTo(world.training(10));
        long classes =
                world.test(1000).stream().map(KnownAnswer::answer).distinct().count();
        assertThat(classes).isEqualTo(10);
        assertThat(wrong).allMatch(answer -> answer.prompt().split(" ", -1).length == SafWorld.LENGTH);
        assertThat(SafWorld.vocabulary()).hasSize(50);
    }

    @Test
    void tokensOfAClassAreDrawnByItsOwnDistribution() {
        List<KnownAnswer> test = new SafWorld(2).test(6000);
        double[] first = shares(test, "class0");
        double[] second = shares(test, "class1");
        double[] again = shares(new SafWorld(2).test(12_000).subList(6000, 12_000), "class0");
        assertThat(distance(first, again)).isLessThan(distance(first, second) / 2);
        assertThat(IntStream.range(0, first.length).mapToDouble(i -> first[i]).sum())
                .isCloseTo(1, within(1e-9));
    }

    private static double[] shares(List<KnownAnswer> examples, String label) {
        double[] counts = new double[40];
        double all = 0;
        for (KnownAnswer example : examples) {
            if (example.answer().equals(label)) {
                for (String token : example.prompt().split(" ", -1)) {
                    counts[Integer.parseInt(token.substring("token".length()))]++;
                    all++;
                }
            }
        }
        for (int i = 0; i < counts.length; i++) {
            counts[i] /= all;
        }
        return counts;
    }

    private static double distance(double[] some, double[] others) {
        return IntStream.range(0, some.length)
                .mapToDouble(i -> Math.abs(some[i] - others[i]))
                .sum();
    }

    private static ArmResult arm(String name, long seed, double testLoss, double rise, double milliseconds) {
        return new ArmResult(
                name,
                seed,
                1,
                Map.of(
                        "test_loss", testLoss,
                        "rise_under_weight_noise", rise,
                        "milliseconds_per_step", milliseconds));
    }
}
