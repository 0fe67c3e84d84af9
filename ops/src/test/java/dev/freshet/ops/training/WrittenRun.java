package dev.freshet.ops.training;

import com.typesafe.config.Config;
import dev.freshet.model.checkpoint.CheckpointRetention;
import dev.freshet.model.checkpoint.CheckpointStore;
import dev.freshet.model.checkpoint.SavedParameters;
import dev.freshet.model.checkpoint.TrainingState;
import dev.freshet.model.learning.LearnerSnapshot;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.safetensors.TensorData;
import dev.freshet.ops.cli.SettingsLoader;
import dev.freshet.ops.run.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The directory of a run that stopped: settings, and checkpoints whose weights are left out. */
final class WrittenRun {
    private final Path directory;
    private final CheckpointStore store;
    private final String[] settings;

    /** A run that stopped at version 3, while js was in force. */
    WrittenRun(Path directory, String... settings) throws IOException {
        this.directory = directory;
        this.settings = settings.clone();
        this.store = new CheckpointStore(directory.resolve("checkpoints"), new CheckpointRetention(3, 0));
        try (RunDirectory run = RunDirectory.create(directory)) {
            run.writeConfig(settings(settings));
        }
        write(0, "js", 0.05);
        write(3, "js", 0.05);
    }

    static Config settings(String... changed) {
        List<String> all = new ArrayList<>(List.of("freshet.control.port=0", "freshet.metrics.port=0"));
        all.addAll(List.of(changed));
        return new SettingsLoader().defaults(all);
    }

    static RunConfiguration configuration(String... changed) {
        return RunConfiguration.forTraining(settings(changed));
    }

    Path directory() {
        return directory;
    }

    CheckpointStore store() {
        return store;
    }

    /** Under the settings as they were, and with the divergence that a command switched to. */
    void write(long version, String divergence, double coefficient) {
        write(version, divergence, coefficient, Map.of());
    }

    /** Under the settings as they were, and with the values that commands set, by key. */
    void writeWith(long version, Map<String, String> set) {
        write(version, "js", 0.05, set);
    }

    private void write(long version, String divergence, double coefficient, Map<String, String> set) {
        TrainingState initial = Provenance.initialState(configuration(settings));
        Map<String, String> inForce = new HashMap<>(initial.parameters().inForce());
        inForce.putAll(set);
        TrainingState state = new TrainingState(
                new PolicyVersion(version),
                version,
                128 * version,
                initial.seed(),
                initial.objective(),
                divergence,
                coefficient,
                new SavedParameters(inForce, initial.parameters().configured()),
                Map.of("admitted", 128 * version + 7, "trained", 128 * version, "returned", 0L, "in_flight", 7L),
                initial.gemmFlavour(),
                initial.settingsDigest(),
                initial.model(),
                initial.provenance(),
                List.of(),
                Map.of());
        try (LearnerSnapshot copy = new NoWeights(new PolicyVersion(version))) {
            var unused = store.write(copy, state);
        }
    }

    void damage(long version) throws IOException {
        Files.writeString(store.directory(new PolicyVersion(version)).resolve("model.safetensors"), "damaged");
    }

    /** Every file of the run and what is in it, but for the lock, which names the process that holds it. */
    Map<String, String> files() throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.filter(Files::isRegularFile).toList()) {
                if (!path.endsWith("run.lock")) {
                    files.put(directory.relativize(path).toString(), Files.readString(path));
                }
            }
        }
        return files;
    }

    private record NoWeights(PolicyVersion version) implements LearnerSnapshot {
        @Override
        public long step() {
            return version.number();
        }

        @Override
        public long optimizerSteps() {
            return version.number();
        }

        @Override
        public List<TensorData> weights() {
            return List.of();
        }

        @Override
        public List<TensorData> optimizer() {
            return List.of();
        }

        @Override
        public void close() {}
    }
}
