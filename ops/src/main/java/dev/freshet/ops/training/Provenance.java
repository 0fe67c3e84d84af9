package dev.freshet.ops.training;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigRenderOptions;
import dev.freshet.model.checkpoint.Checkpoint;
import dev.freshet.model.checkpoint.TrainingState;
import dev.freshet.model.objective.Regularisation;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.ops.cli.BuildInfo;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** What a checkpoint says of where it comes from, and what must agree for a run to go on from it. */
final class Provenance {
    /** Sections that decide what the weights mean or what a resumed run would sample. */
    private static final List<String> FIXED = List.of("freshet.model", "freshet.task");

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
                Map.of(
                        "freshet_version", build.version(),
                        "commit", build.commit(),
                        "java", Runtime.version().toString(),
                        "task", configuration.task().name()));
    }

    /** @throws IllegalArgumentException naming what differs and the remedy */
    static void requireSameModel(RunConfiguration configuration, Checkpoint checkpoint) {
        TrainingState state = checkpoint.state();
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
