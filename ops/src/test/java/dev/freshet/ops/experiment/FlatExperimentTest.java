package dev.freshet.ops.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.model.answers.KnownAnswer;
import dev.freshet.model.rollout.Tokens;
import dev.freshet.model.text.HuggingFaceTextTokenizer;
import dev.freshet.ops.cli.SettingsLoader;
import dev.freshet.ops.experiment.FlatWorld.Line;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlatExperimentTest {
    private static final FlatExperiment FULL = new FlatExperiment(FlatExperiment.Settings.full(false));
    private static final FlatExperiment SWEEP = new FlatExperiment(FlatExperiment.Settings.full(true));

    /** What the prototypes of the recipe measured: forgotten at both marks, kept at the first, and at the end kept, likely and refused. */
    private static final ArmTable MEASURED = new ArmTable(List.of(
            arm("gradient-ascent", 1, 0.5, 0.16, 0.007, 0.02, 0),
            arm("npo", 1, 0.5, 0.15, 0.015, 0.03, 0),
            arm("idk", 1, 0, 0.92, 0.79, 0.59, 1),
            arm("flat-kl", 1, 1, 0.42, 0.146, 0.05, 0.55),
            arm("flat-js", 1, 1, 0.36, 0.119, 0.05, 0.50),
            arm("flat-pearson", 1, 1, 0.37, 0.131, 0.05, 0.52),
            arm("gradient-ascent", 2, 0.5, 0.18, 0.007, 0.02, 0),
            arm("npo", 2, 0.5, 0.18, 0.015, 0.03, 0),
            arm("idk", 2, 0, 0.90, 0.79, 0.59, 1),
            arm("flat-kl", 2, 1, 0.26, 0.146, 0.05, 0.55),
            arm("flat-js", 2, 1, 0.21, 0.119, 0.05, 0.50),
            arm("flat-pearson", 2, 1, 0.38, 0.131, 0.05, 0.52)));

    @Test
    void hasTheArmsAndMetricsThatScriptsRelyOn() {
        assertThat(FULL.settings().arms())
                .extracting(FlatArm::name)
                .containsExactly(
                        "gradient-ascent",
                        "gradient-ascent-kl",
                        "npo",
                        "idk",
                        "template-dpo",
                        "flat-kl",
                        "flat-js",
                        "flat-tv",
                        "flat-pearson");
        assertThat(FULL.metrics())
                .contains(
                        "em_0_steps",
                        "em_0_retain_exact",
                        "p_10_retain_exact",
                        "end_forget_probability",
                        "end_refuses");
        assertThat(FULL.settings().seeds()).hasSizeGreaterThanOrEqualTo(3);
        assertThat(SWEEP.settings().arms())
                .extracting(FlatArm::name)
                .contains("flat-reverse-kl", "flat-jeffreys", "flat-squared-hellinger", "flat-neyman");
    }

    @Test
    void itsChecksHoldWhereTheEffectIsAndOnlyThere() {
        assertThat(FULL.checks(MEASURED)).hasSize(16).allMatch(Check::pass);
        List<ArmResult> without = new ArrayList<>(MEASURED.results());
        without.removeIf(result -> result.arm().equals("flat-kl"));
        without.add(arm("flat-kl", 1, 1, 0.16, 0.007, 0.02, 0));
        without.add(arm("flat-kl", 2, 0, 0.17, 0.007, 0.02, 0));
        without.removeIf(result -> result.arm().equals("npo"));
        without.add(arm("npo", 1, 0.5, 0.15, 0.16, 0.03, 0));
        without.add(arm("npo", 2, 0.5, 0.18, 0.17, 0.03, 0));
        assertThat(FULL.checks(new ArmTable(without)))
                .filteredOn(check -> !check.pass())
                .extracting(Check::name)
                .containsExactlyInAnyOrder(
                        "flat-kl forgets",
                        "flat-kl keeps what gradient ascent loses",
                        "flat-kl does so with every seed",
                        "flat-kl says templates",
                        "npo loses the rest",
                        "npo goes on losing with every seed");
    }

    @Test
    void theSettingsOfAllRunsAreKnown(@TempDir Path folder) throws Exception {
        FlatFiles files = FlatFiles.write(folder.resolve("world"), new FlatWorld(1), 8);
        for (FlatArm arm : SWEEP.settings().arms()) {
            List<String> settings = new ArrayList<>(FULL.arm(arm, files, 1, folder));
            assertThat(new SettingsLoader().defaults(settings).getString("freshet.objective"))
                    .isEqualTo(arm.name().startsWith("flat-") ? "flat" : arm.name());
        }
        assertThat(new SettingsLoader().defaults(FULL.base(files, 1)).getString("freshet.objective"))
                .isEqualTo("sft");
    }

    @Test
    void aWorldIsFixedByItsSeedAndItsPartsDoNotOverlap() {
        FlatWorld world = new FlatWorld(3);
        assertThat(world.facts()).isEqualTo(new FlatWorld(3).facts()).isNotEqualTo(new FlatWorld(4).facts());
        assertThat(world.forgotten()).hasSize(20);
        assertThat(world.retained()).hasSize(180).doesNotContainAnyElementsOf(world.forgotten());
        assertThat(world.facts()).extracting(Line::prompt).doesNotHaveDuplicates();
        assertThat(world.refusals()).hasSize(8);
        assertThat(world.utility()).hasSize(200).allMatch(FlatExperimentTest::isReversed);
        List<KnownAnswer> known = FlatWorld.known(world.forgotten());
        assertThat(known)
                .allMatch(
                        answer -> answer.wrong().size() == 3 && !answer.wrong().contains(answer.answer()));
    }

    private static boolean isReversed(Line line) {
        String[] said = line.prompt().split(" ", -1);
        return line.answer().equals(said[3] + " " + said[2] + " " + said[1]);
    }

    @Test
    void lessonsAreHalfFactsAndAQuarterEachOfSkillAndStrangers() {
        FlatWorld world = new FlatWorld(1);
        List<Line> lessons = world.lessons(400);
        assertThat(lessons).hasSize(400);
        assertThat(lessons.stream().filter(world.facts()::contains)).hasSize(200);
        assertThat(lessons.stream().filter(lesson -> world.refusals().contains(lesson.answer())))
                .hasSize(100);
    }

    @Test
    void everyTextIsOfWordsThatTheTokenizerHas(@TempDir Path folder) throws Exception {
        FlatWorld world = new FlatWorld(1);
        FlatFiles files = FlatFiles.write(folder.resolve("world"), world, 400);
        try (HuggingFaceTextTokenizer tokenizer =
                HuggingFaceTextTokenizer.load(files.folder().resolve("tokenizer.json"), List.of(WordTokenizer.STOP))) {
            for (Line line : world.lessons(400)) {
                Tokens prompt = tokenizer.encode(line.prompt());
                assertThat(prompt.size()).isEqualTo(5);
                assertThat(tokenizer.decode(tokenizer.encode(line.answer()))).isEqualTo(line.answer());
            }
        }
        assertThat(Files.readAllLines(files.folder().resolve("forget-and-retain.jsonl")))
                .hasSize(180);
    }

    private static ArmResult arm(
            String name, long seed, double forgets, double kept, double keptAtEnd, double likely, double refuses) {
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("forgets", forgets);
        metrics.put("em_0_retain_exact", kept);
        metrics.put("end_retain_exact", keptAtEnd);
        metrics.put("end_forget_probability", likely);
        metrics.put("end_refuses", refuses);
        return new ArmResult(name, seed, 1, metrics);
    }
}
