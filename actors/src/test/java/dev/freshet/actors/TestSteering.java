package dev.freshet.actors;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import dev.freshet.model.learning.StepSettings;
import dev.freshet.model.objective.KnownObjectives;
import dev.freshet.streams.PipelineSettings;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Parameters read from the settings of the modules below, as a run's are: GRPO without a penalty unless told otherwise. */
record TestSteering(Config config) implements Steering {
    static final String LEARNING_RATE = "freshet.train.learning-rate";
    static final String TEMPERATURE = "freshet.generation.temperature";
    static final String MAX_STALENESS = "freshet.max-staleness";
    static final String ESTIMATOR = "freshet.divergence-estimator";
    static final String CLIP_LOW = "freshet.rlvr.clip-low";

    private static final List<String> MUTABLE = List.of(
            LEARNING_RATE,
            TEMPERATURE,
            MAX_STALENESS,
            CLIP_LOW,
            ESTIMATOR,
            RunParameters.COEFFICIENT,
            "freshet.actors.verify-deadline",
            "freshet.checkpoint.interval");

    /** @param changed lines over the defaults */
    static TestSteering of(String changed) {
        return new TestSteering(ConfigFactory.parseString(changed)
                .withFallback(ConfigFactory.parseString("""
                        freshet { objective = grpo, divergence = none, divergence-coefficient = 0.1, train { batch-groups = 2, learning-rate = 1e-3, steps = 150 } }
                        freshet.max-staleness = 4
                        freshet.rlvr { clip-low = 0.2, equal-rewards = refill, dual-clip = off, length-norm = 8, divergence-weight-cap = 2 }
                        """))
                .withFallback(Samples.settingsFile())
                .withFallback(ConfigFactory.parseResources("learning.conf"))
                .withFallback(ConfigFactory.parseResources("dataset.conf"))
                .withFallback(ConfigFactory.parseResources("generation.conf")));
    }

    RunParameters parameters() {
        return with(Map.of());
    }

    @Override
    public List<MutableSetting> mutable() {
        return MUTABLE.stream()
                .map(key -> new MutableSetting(key, "as the test says"))
                .toList();
    }

    @Override
    public List<String> objectives() {
        return KnownObjectives.names();
    }

    @Override
    public Set<String> settingsOf(String objective) {
        return KnownObjectives.sections(objective).stream()
                .flatMap(section ->
                        config.getConfig(section).entrySet().stream().map(entry -> section + "." + entry.getKey()))
                .collect(Collectors.toSet());
    }

    @Override
    public RunParameters with(Map<String, String> texts) {
        Config changed = config;
        for (Map.Entry<String, String> text : texts.entrySet()) {
            changed = changed.withValue(text.getKey(), ConfigValueFactory.fromAnyRef(text.getValue()));
        }
        Config read = changed;
        return new RunParameters(
                KnownObjectives.from(read),
                StepSettings.from(read),
                read.getDouble(TEMPERATURE),
                PipelineSettings.from(config)
                        .withMaxStaleness(read.getInt(MAX_STALENESS))
                        .maxStaleness(),
                ActorSettings.from(read),
                Stream.concat(
                                MUTABLE.stream(),
                                objectives().stream().flatMap(objective -> settingsOf(objective).stream()))
                        .filter(key -> !RunParameters.SWITCHED.contains(key))
                        .distinct()
                        .collect(Collectors.toMap(key -> key, read::getString)));
    }
}
