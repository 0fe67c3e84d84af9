package dev.freshet.ops.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.model.answers.AnswerQuality;
import dev.freshet.model.answers.KnownAnswer;
import dev.freshet.ops.training.AnswerEvaluation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Du et al. 2022, SAF and MESA (arXiv 2205.14083), beside Foret et al. 2021, SAM, small: a classifier of token sequences that a quarter of
 * its labels mislead. What flat minima are worth on right labels, how flat they are, and what looking for them costs.
 */
record SafExperiment(Settings settings) implements Experiment {
    static final String ADAM = "adam";
    static final String SAF = "saf";
    static final String MESA = "mesa";
    static final String SAM = "sam";

    static final String TEST_ACCURACY = "test_accuracy";
    static final String TEST_LOSS = "test_loss";
    static final String TRAIN_LOSS = "train_loss";
    static final String NOISE_RISE = "rise_under_weight_noise";
    static final String SHARPNESS = "sharpness";
    static final String MILLIS_PER_STEP = "milliseconds_per_step";

    private static final long NOISE_SEED = 0x736166L;

    /**
     * @param seeds each with data, first weights and an order of its own, which its arms share
     * @param epochs of {@code training} examples, {@code batch} an update
     */
    record Settings(
            List<Long> seeds,
            int training,
            int test,
            int batch,
            int epochs,
            List<Arm> arms,
            WeightNoise noise,
            List<String> overrides) {
        /** Three seeds; with a sweep also other strengths of each. */
        static Settings full(boolean sweep) {
            return new Settings(
                    List.of(1L, 2L, 3L),
                    2000,
                    4000,
                    100,
                    20,
                    sweep ? SWEPT : ARMS,
                    new WeightNoise(0.2, 20, NOISE_SEED),
                    List.of());
        }

        int steps() {
            return training / batch * epochs;
        }
    }

    /** @param settings over those of all arms */
    record Arm(String name, List<String> settings) {
        Arm {
            settings = List.copyOf(settings);
        }
    }

    /** An average that remembers fifty updates, of four hundred: the paper's 0.9998 is for many more. */
    private static final String DECAY = "freshet.trajectory.mesa.decay=0.98";

    private static final List<Arm> ARMS = List.of(
            new Arm(ADAM, List.of()),
            new Arm(SAF, List.of("freshet.trajectory.kind=saf")),
            new Arm(MESA, List.of("freshet.trajectory.kind=mesa", DECAY)),
            new Arm(SAM, List.of("freshet.train.update.rule=sam")));

    private static final List<Arm> STRONGER = List.of(
            new Arm("saf-1", List.of("freshet.trajectory.kind=saf", "freshet.trajectory.coefficient=1")),
            new Arm("saf-top-4", List.of("freshet.trajectory.kind=saf", "freshet.trajectory.saf.top-k=4")),
            new Arm("mesa-2", List.of("freshet.trajectory.kind=mesa", "freshet.trajectory.coefficient=2", DECAY)),
            new Arm("sam-0.1", List.of("freshet.train.update.rule=sam", "freshet.train.update.rho=0.1")),
            new Arm("sam-mesa", List.of("freshet.train.update.rule=sam", "freshet.trajectory.kind=mesa", DECAY)));

    private static final List<Arm> SWEPT =
            Stream.concat(ARMS.stream(), STRONGER.stream()).toList();

    static final List<String> COMMON = List.of(
            "freshet.model.layers=2",
            "freshet.generation.max-completion-length=1",
            "freshet.generation.chunk=1",
            "freshet.warm-up.from=random",
            "freshet.warm-up.initializer-range=0.05",
            "freshet.reference=off",
            "freshet.objective=sft",
            "freshet.divergence=none",
            "freshet.dataset.completion-end=nothing",
            "freshet.task.jsonl.max-prompt-tokens=" + SafWorld.LENGTH,
            "freshet.train.mini-batches=1",
            "freshet.train.learning-rate=5e-4",
            "freshet.train.learning-rate-warm-up-steps=0",
            "freshet.train.learning-rate-schedule=cosine",
            "freshet.train.final-learning-rate-fraction=0",
            "freshet.train.adam.beta2=0.999",
            "freshet.train.adam.weight-decay=0.01",
            "freshet.train.max-gradient-norm=1e6",
            "freshet.train.update.sharpness-interval=20",
            "freshet.trajectory.saf.top-k=0",
            "freshet.monitors.interval=0",
            "freshet.checkpoint.interval=0",
            "freshet.run.rollouts-per-step=0",
            "freshet.evaluation.prompts=8",
            "freshet.evaluation.samples=1");

    @Override
    public String name() {
        return "saf";
    }

    @Override
    public List<String> metrics() {
        return List.of(TEST_ACCURACY, TEST_LOSS, TRAIN_LOSS, NOISE_RISE, SHARPNESS, MILLIS_PER_STEP, "wall_seconds");
    }

    @Override
    public List<ArmResult> run(ExperimentRuns runs) throws Exception {
        List<ArmResult> results = new ArrayList<>();
        for (long seed : settings.seeds()) {
            SafWorld world = new SafWorld(seed);
            List<KnownAnswer> training = world.training(settings.training());
            List<KnownAnswer> test = world.test(settings.test());
            List<String> common = common(runs.directory().resolve("world-" + seed), training, test, seed);
            for (Arm arm : settings.arms()) {
                // One at a time: their times are compared.
                FinishedRun run = runs.train(
                        arm.name() + "-" + seed,
                        Stream.of(common, arm.settings(), settings.overrides())
                                .flatMap(List::stream)
                                .toList());
                results.add(new ArmResult(arm.name(), seed, run.seconds(), measured(run, training, test)));
            }
        }
        return results;
    }

    private List<String> common(Path folder, List<KnownAnswer> training, List<KnownAnswer> test, long seed)
            throws IOException {
        Files.createDirectories(folder);
        Path tokenizer = folder.resolve("tokenizer.json");
        WordTokenizer.write(tokenizer, SafWorld.vocabulary());
        Path problems = JsonLinesFile.write(folder.resolve("problems.jsonl"), lines(training, "ground_truth"));
        Path heldOut = JsonLinesFile.write(folder.resolve("held-out.jsonl"), lines(test, "ground_truth"));
        Path demonstrations = JsonLinesFile.write(folder.resolve("training.jsonl"), lines(training, "completion"));
        return Stream.of(
                        WordTokenizer.settings(tokenizer),
                        COMMON,
                        List.of(
                                "freshet.task.jsonl.file=" + problems,
                                "freshet.task.jsonl.held-out-file=" + heldOut,
                                "freshet.dataset.path=" + demonstrations,
                                "freshet.dataset.batch-examples=" + settings.batch(),
                                "freshet.train.steps=" + settings.steps(),
                                "freshet.train.seed=" + seed))
                .flatMap(List::stream)
                .toList();
    }

    private static List<Map<String, String>> lines(List<KnownAnswer> answers, String field) {
        return answers.stream()
                .map(answer -> Map.of("prompt", answer.prompt(), field, answer.answer()))
                .toList();
    }

    private Map<String, Double> measured(FinishedRun run, List<KnownAnswer> training, List<KnownAnswer> test)
            throws Exception {
        Path checkpoint = run.lastCheckpoint();
        List<AnswerQuality> onTest = AnswerEvaluation.of(checkpoint, List.of(), test);
        CheckpointedPolicy policy = CheckpointedPolicy.of(run.directory(), checkpoint, List.of());
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put(
                TEST_ACCURACY,
                onTest.stream()
                        .mapToDouble(quality -> quality.isExact() ? 1 : 0)
                        .average()
                        .orElseThrow());
        metrics.put(
                TEST_LOSS,
                onTest.stream()
                        .mapToDouble(quality -> -Math.log(quality.probability()))
                        .average()
                        .orElseThrow());
        metrics.put(TRAIN_LOSS, WeightNoise.loss(policy, training));
        metrics.put(NOISE_RISE, settings.noise().rise(policy, training));
        List<JsonNode> steps = run.events("StepTrained").stream()
                .map(event -> event.path("report"))
                .toList();
        metrics.put(SHARPNESS, lastSharpness(steps));
        // A median: what is measured at one step in twenty does not count.
        metrics.put(MILLIS_PER_STEP, 1000 * run.medianStepSeconds());
        metrics.put("wall_seconds", run.seconds());
        return metrics;
    }

    /** As the learner measured it at the last step at which it did. */
    private static double lastSharpness(List<JsonNode> steps) {
        return steps.stream()
                .map(step -> step.path("measures").path(SHARPNESS))
                .filter(JsonNode::isNumber)
                .mapToDouble(JsonNode::asDouble)
                .reduce(Double.NaN, (before, after) -> after);
    }

    @Override
    public List<Ordering> orderings() {
        return List.of(
                new Ordering(TEST_ACCURACY, "saf, mesa >= sam > adam, and for small nets sam >= saf"),
                new Ordering(TEST_LOSS, "none: the paper reports accuracies"),
                new Ordering(NOISE_RISE, "adam > sam, saf, mesa, as its loss landscapes have it"),
                new Ordering(MILLIS_PER_STEP, "sam 2 x, mesa 1.2 x, saf as adam (ResNets)"));
    }

    @Override
    public List<Check> checks(ArmTable table) {
        return SafChecks.of(table);
    }
}
