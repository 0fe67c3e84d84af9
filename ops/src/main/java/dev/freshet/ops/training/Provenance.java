package dev.freshet.ops.training;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigRenderOptions;
import dev.freshet.actors.RunParameters;
import dev.freshet.model.checkpoint.SavedParameters;
import dev.freshet.model.checkpoint.TrainingState;
import dev.freshet.model.dataset.Dataset;
import dev.freshet.model.dataset.ExampleKind;
import dev.freshet.model.digest.Sha256;
import dev.freshet.model.objective.FDistill;
import dev.freshet.model.objective.Regularisation;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.ops.cli.BuildInfo;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** What a checkpoint says of where it comes from, and what must agree for a run to go on from it. */
final class Provenance {
    /** Sections that decide what the weights mean or what a resumed run would sample. */
    private static final List<String> FIXED = List.of("freshet.model", "freshet.task");

    /** Where format 1 has the settings of the divergence, beside the one in force. */
    private static final String DIVERGENCE_BEFORE = "divergence_setting";

    /** Where it has the rehearsal set; what older ones do not have is off. */
    private static final String REHEARSAL = "rehearsal";

    /** Where it has the dataset; what older ones do not have is off. */
    private static final String DATASET = "dataset";

    /** Where it has the task's files; older ones do not say. */
    private static final String TASK_FILES = "task_files";

    private static final String COEFFICIENT_BEFORE = "divergence_coefficient_setting";

    private static final String NO_DATASET = "off";

    private Provenance() {}

    static TrainingState initialState(RunConfiguration configuration) {
        BuildInfo build = BuildInfo.read();
        Regularisation regularisation = configuration.objective().regularisation();
        return new TrainingState(
                PolicyVersion.INITIAL,
                0,
                0,
                configuration.seed(),
                configuration.objective().name(),
                regularisation.spec(),
                regularisation.coefficient(),
                saved(configuration.steering().configured().texts(), configuration),
                TrainingState.NO_GROUPS,
                configuration.learner().compute().flavour().label(),
                digest(configuration.config()),
                configuration.modelDescription(),
                Map.of(
                        "freshet_version",
                        build.version(),
                        "commit",
                        build.commit(),
                        "java",
                        Runtime.version().toString(),
                        "task",
                        configuration.task().name(),
                        REHEARSAL,
                        RehearsalSource.identity(configuration.config()),
                        DATASET,
                        datasetIdentity(configuration),
                        TASK_FILES,
                        TaskFiles.identity(configuration.config())),
                List.of(),
                Map.of());
    }

    /**
     * The state that a run goes on from: what was in flight enters again, and so counts as returned.
     *
     * @param commanded what commands have set since the checkpoint, by key, unless the settings say otherwise
     */
    static TrainingState resumedState(
            RunConfiguration configuration, TrainingState saved, Map<String, String> commanded) {
        Map<String, Long> groups = new HashMap<>(saved.groups());
        groups.merge("returned", groups.getOrDefault("in_flight", 0L), Long::sum);
        groups.put("in_flight", 0L);
        Map<String, String> inForce = inForce(configuration, saved, commanded);
        Map<String, String> parameters = new HashMap<>(inForce);
        parameters.keySet().removeAll(RunParameters.SWITCHED);
        return new TrainingState(
                saved.version(),
                saved.optimizerSteps(),
                saved.cursor(),
                saved.seed(),
                get(inForce, RunParameters.OBJECTIVE),
                get(inForce, RunParameters.DIVERGENCE),
                Double.parseDouble(get(inForce, RunParameters.COEFFICIENT)),
                saved(parameters, configuration),
                groups,
                saved.gemmFlavour(),
                saved.settingsDigest(),
                saved.model(),
                saved.provenance(),
                saved.rollbacks(),
                saved.scores());
    }

    /** What was in force in the checkpoint, to which commands may have switched, but for what has been set otherwise since. */
    private static Map<String, String> inForce(
            RunConfiguration configuration, TrainingState saved, Map<String, String> commanded) {
        Set<String> setAnew = setAnew(configuration, saved);
        Map<String, String> then = inForceThen(saved);
        then.putAll(commanded);
        Map<String, String> inForce = new HashMap<>();
        configuration
                .steering()
                .configured()
                .allTexts()
                .forEach((key, now) -> inForce.put(key, setAnew.contains(key) ? now : then.getOrDefault(key, now)));
        return inForce;
    }

    /** The keys whose values in the settings are not those that the checkpoint's run was configured with. */
    static Set<String> setAnew(RunConfiguration configuration, TrainingState saved) {
        Map<String, String> before = configuredBefore(saved);
        return configuration.steering().configured().allTexts().entrySet().stream()
                .filter(now -> !isSame(before.getOrDefault(now.getKey(), now.getValue()), now.getValue()))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    /** A run's own config.conf writes 1e-3 as 0.001. */
    static boolean isSame(String text, String other) {
        if (text.equals(other)) {
            return true;
        }
        try {
            return new BigDecimal(text).compareTo(new BigDecimal(other)) == 0;
        } catch (NumberFormatException words) {
            return false;
        }
    }

    /** All settings that were in force, by key. */
    static Map<String, String> inForceThen(TrainingState saved) {
        Map<String, String> then = new HashMap<>(saved.parameters().inForce());
        then.put(RunParameters.OBJECTIVE, saved.objective());
        then.put(RunParameters.DIVERGENCE, saved.divergence());
        then.put(RunParameters.COEFFICIENT, Double.toString(saved.divergenceCoefficient()));
        return then;
    }

    private static Map<String, String> configuredBefore(TrainingState saved) {
        Map<String, String> before = new HashMap<>(saved.parameters().configured());
        String divergence = saved.provenance().get(DIVERGENCE_BEFORE);
        String coefficient = saved.provenance().get(COEFFICIENT_BEFORE);
        if (divergence != null && coefficient != null) {
            before.putIfAbsent(RunParameters.DIVERGENCE, divergence);
            before.putIfAbsent(RunParameters.COEFFICIENT, coefficient);
        }
        return before;
    }

    private static SavedParameters saved(Map<String, String> inForce, RunConfiguration configuration) {
        return new SavedParameters(
                inForce, configuration.steering().configured().allTexts());
    }

    private static String get(Map<String, String> texts, String key) {
        return Objects.requireNonNull(texts.get(key), key);
    }

    /** @throws IllegalArgumentException naming what differs and the remedy */
    static void requireSameModel(RunConfiguration configuration, TrainingState state) {
        if (!state.model().equals(configuration.modelDescription())) {
            throw new IllegalArgumentException("a resumed run must have the model of its checkpoint " + state.model()
                    + ", was set to " + configuration.modelDescription() + " (freshet.model)");
        }
        if (!state.settingsDigest().equals(digest(configuration.config()))) {
            String fixed = configuration.distillation().isPresent()
                    ? "freshet.distill, but for its evaluation, and freshet.train.seed"
                    : "freshet.model, freshet.task, freshet.train.seed and freshet.generation.group-size";
            throw new IllegalArgumentException("a resumed run must keep " + fixed
                    + ", at least one differs from the checkpoint's; start a new run for it");
        }
        String rehearsal = state.provenance().getOrDefault(REHEARSAL, "off");
        String now = RehearsalSource.identity(configuration.config());
        if (!rehearsal.equals(now)) {
            throw new IllegalArgumentException(
                    "a resumed run must keep its rehearsal set and prompts, " + rehearsal + ", was set to " + now
                            + " (freshet.rehearsal.from, freshet.rehearsal.prompts); start a new run for it");
        }
        String files = TaskFiles.identity(configuration.config());
        if (!state.provenance().getOrDefault(TASK_FILES, files).equals(files)) {
            throw new IllegalArgumentException(
                    "a resumed run must keep the problems and the tokenizer of its task, and"
                            + " what their files hold has changed since the checkpoint (freshet.task.jsonl.file,"
                            + " freshet.task.jsonl.held-out-file, freshet.task.jsonl.tokenizer); put them back, or start a new run");
        }
        String dataset = datasetIdentity(configuration);
        if (!state.provenance().getOrDefault(DATASET, NO_DATASET).equals(dataset)) {
            throw new IllegalArgumentException("a resumed run must keep what it learns from, "
                    + state.provenance().getOrDefault(DATASET, NO_DATASET) + ", was set to " + dataset
                    + " (freshet.dataset.path, freshet.distill.data.path, freshet.objective); start a new run for it");
        }
        String flavour = configuration.learner().compute().flavour().label();
        if (!state.gemmFlavour().equals(flavour)) {
            throw new IllegalArgumentException("a resumed run must keep its matrix flavour " + state.gemmFlavour()
                    + ", was set to " + flavour + " (freshet.train.matrix-flavour)");
        }
    }

    private static String datasetIdentity(RunConfiguration configuration) {
        if (configuration.distillation().isPresent()) {
            return configuration
                    .distillation()
                    .get()
                    .data()
                    .open(configuration.seed())
                    .identity();
        }
        return configuration
                .exampleKind()
                .map(kind -> identity(configuration, kind))
                .orElse(NO_DATASET);
    }

    private static String identity(RunConfiguration configuration, ExampleKind kind) {
        try (Dataset dataset = DatasetSource.dataset(configuration, kind)) {
            return kind.label() + " " + dataset.digest();
        }
    }

    /** All of its section but how samples are measured, and where the data lies, which has an identity of its own. */
    private static String distillation(Config config) {
        return config.getConfig("freshet.distill")
                .withoutPath("evaluation")
                .withoutPath("data.path")
                .withoutPath("data.max-bytes")
                .root()
                .render(ConfigRenderOptions.concise());
    }

    private static String digest(Config config) {
        StringBuilder fixed = new StringBuilder();
        for (String section : FIXED) {
            fixed.append(config.getConfig(section).root().render(ConfigRenderOptions.concise()))
                    .append('\n');
        }
        if (config.getString(RunParameters.OBJECTIVE).equals(FDistill.NAME)) {
            fixed.append(distillation(config)).append('\n');
        }
        fixed.append(config.getLong("freshet.train.seed")).append('\n');
        fixed.append(config.getInt("freshet.generation.group-size"));
        return HexFormat.of().formatHex(Sha256.of(fixed.toString()));
    }
}
