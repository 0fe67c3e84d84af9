package dev.freshet.ops.training;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import dev.freshet.actors.ActorSettings;
import dev.freshet.actors.MutableSetting;
import dev.freshet.actors.RunParameters;
import dev.freshet.actors.Steering;
import dev.freshet.model.generation.SamplingSettings;
import dev.freshet.model.learning.StepSettings;
import dev.freshet.model.objective.KnownObjectives;
import dev.freshet.ops.cli.SettingsLoader;
import dev.freshet.ops.logging.LogLevel;
import dev.freshet.ops.logging.LogSettings;
import dev.freshet.streams.PipelineSettings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What may change, read from the settings that a run was started with and those that were changed since, by the records that read
 * them at the start. What is {@code auto} in the pipeline stays as it was then.
 */
public final class ConfigSteering implements Steering {
    private static final String MAX_STALENESS = "freshet.max-staleness";

    private final Config config;
    private final PipelineSettings pipeline;
    private final SettingsLoader loader = new SettingsLoader();

    /** @param config the whole configuration of a run, which has been found good */
    public ConfigSteering(Config config, PipelineSettings pipeline) {
        this.config = config;
        this.pipeline = pipeline;
    }

    /** What a run without commands has in force. */
    public RunParameters configured() {
        return with(Map.of());
    }

    @Override
    public List<MutableSetting> mutable() {
        return MutableSettings.all();
    }

    @Override
    public List<String> objectives() {
        return KnownObjectives.names();
    }

    @Override
    public Set<String> settingsOf(String objective) {
        Set<String> keys = new TreeSet<>();
        for (String section : KnownObjectives.sections(objective)) {
            config.getConfig(section).entrySet().forEach(entry -> keys.add(section + "." + entry.getKey()));
        }
        return keys;
    }

    @Override
    public RunParameters with(Map<String, String> texts) {
        Config changed = loader.with(config, texts);
        try {
            var unused = LogLevel.of(changed.getString(LogSettings.LEVEL_KEY), LogSettings.LEVEL_KEY);
            return new RunParameters(
                    KnownObjectives.from(changed),
                    StepSettings.from(changed),
                    SamplingSettings.from(changed.getConfig("freshet.generation"))
                            .temperature(),
                    pipeline.withMaxStaleness(changed.getInt(MAX_STALENESS)).maxStaleness(),
                    ActorSettings.from(changed),
                    texts(changed));
        } catch (ConfigException malformed) {
            throw new IllegalArgumentException(SettingsLoader.describe(malformed), malformed);
        }
    }

    private Map<String, String> texts(Config settings) {
        Set<String> keys = new TreeSet<>();
        mutable().forEach(setting -> keys.add(setting.key()));
        objectives().forEach(objective -> keys.addAll(settingsOf(objective)));
        keys.remove(RunParameters.COEFFICIENT);
        Map<String, String> texts = new HashMap<>();
        keys.forEach(key -> texts.put(key, settings.getString(key)));
        return texts;
    }
}
