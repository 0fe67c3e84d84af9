package dev.freshet.ops.training;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigRenderOptions;
import dev.freshet.model.checkpoint.TrainingState;
import dev.freshet.model.objective.Regularisation;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.ops.cli.BuildInfo;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** What a checkpoint says of where it comes from, and what must agree for a run to go on from it. */
final class Provenance {
    /** Sections that decide what the weights mean or what a resumed run would sample. */
    private static final List<String> FIXED = List.of("freshet.model", "freshet.task");

    /** Of the settings, beside those in force, which commands may have switched since. */
    private static final String DIVERGENCE = "divergence_setting";

    private static final String COEFFICIENT = "divergence_coefficient_setting";

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
                TrainingState.NO_GROUPS,
                configuration.learner().compute().flavour().label(),
                digest(configuration.config()),
                configuration.decoder().toDescription(),
                withDivergenceSetting(
                        Map.of(
                                "freshet_version", build.version(),
                                "commit", build.commit(),
                                "java", Runtime.version().toString(),
                                "task", configuration.task().name()),
                        regularisation),
                List.of(),
                Map.of());
    }

    /** The state that a run goes on from: what was in flight enters again, and so counts as returned. */
    static TrainingState resumedState(RunConfiguration configuration, TrainingState saved) {
        Map<String, Long> groups = new HashMap<>(saved.groups());
        groups.merge("returned", groups.getOrDefault("in_flight", 0L), Long::sum);
        groups.put("in_flight", 0L);
        Regularisation inForce = regularisation(configuration, saved);
        return new TrainingState(
                saved.version(),
                saved.optimizerSteps(),
                saved.cursor(),
                saved.seed(),
                saved.objective(),
                inForce.spec(),
                inForce.coefficient(),
                groups,
                saved.gemmFlavour(),
                saved.settingsDigest(),
                saved.model(),
                withDivergenceSetting(
                        saved.provenance(), configuration.objective().regularisation()),
                saved.rollbacks(),
                saved.scores());
    }

    /** The checkpoint's, to which a command may have switched, but for what has been set otherwise since. */
    private static Regularisation regularisation(RunConfiguration configuration, TrainingState saved) {
        Regularisation set = configuration.objective().regularisation();
        Map<String, String> before = withDivergenceSetting(Map.of(), set);
        before.putAll(saved.provenance());
        boolean sameSpec = set.spec().equals(before.get(DIVERGENCE));
        boolean sameCoefficient = Double.toString(set.coefficient()).equals(before.get(COEFFICIENT));
        return Regularisation.of(
                sameSpec ? saved.divergence() : set.spec(),
                sameCoefficient ? saved.divergenceCoefficient() : set.coefficient());
    }

    private static Map<String, String> withDivergenceSetting(Map<String, String> provenance, Regularisation set) {
        Map<String, String> all = new HashMap<>(provenance);
        all.put(DIVERGENCE, set.spec());
        all.put(COEFFICIENT, Double.toString(set.coefficient()));
        return all;
    }

    /** @throws IllegalArgumentException naming what differs and the remedy */
    static void requireSameModel(RunConfiguration configuration, TrainingState state) {
        if (!state.model().equals(configuration.decoder().toDescription())) {
            throw new IllegalArgumentException("a resumed run must have the model of its checkpoint " + state.model()
                    + ", was set to " + configuration.decoder().toDescription() + " (freshet.model)");
        }
        if (!state.settingsDigest().equals(digest(configuration.config()))) {
            throw new IllegalArgumentException(
                    "a resumed run must keep freshet.model, freshet.task, freshet.train.seed and"
                            + " freshet.generation.group-size, at least one differs from the checkpoint's; start a new run for it");
        }
        String flavour = configuration.learner().compute().flavour().label();
        if (!state.gemmFlavour().equals(flavour)) {
            throw new IllegalArgumentException("a resumed run must keep its matrix flavour " + state.gemmFlavour()
                    + ", was set to " + flavour + " (freshet.train.matrix-flavour)");
        }
    }

    private static String digest(Config config) {
        StringBuilder fixed = new StringBuilder();
        for (String section : FIXED) {
            fixed.append(config.getConfig(section).root().render(ConfigRenderOptions.concise()))
                    .append('\n');
        }
        fixed.append(config.getLong("freshet.train.seed")).append('\n');
        fixed.append(config.getInt("freshet.generation.group-size"));
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256").digest(fixed.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
