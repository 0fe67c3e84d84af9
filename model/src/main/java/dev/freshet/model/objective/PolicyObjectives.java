package dev.freshet.model.objective;

import com.typesafe.config.Config;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** The objectives by the names that settings and commands know them by. A new one is a line here. */
public final class PolicyObjectives {
    private static final List<Entry> KNOWN = Stream.concat(
                    RlvrVariant.ALL.stream()
                            .map(variant -> new Entry(
                                    variant.spec(),
                                    RlvrSettings.PATH,
                                    config -> Rlvr.from(config, variant),
                                    config -> RlvrSettings.from(config, variant))),
                    Stream.of(new Entry(Fdpg.NAME, FdpgSettings.PATH, Fdpg::from, FdpgSettings::from)))
            .toList();

    /**
     * @param section of the settings that are for this objective
     * @param reader from a whole configuration
     * @param settings reads that section of a whole configuration, whatever the rest of it is
     */
    private record Entry(
            String name,
            String section,
            Function<Config, PolicyObjective> reader,
            Function<Config, ? extends Record> settings) {}

    private PolicyObjectives() {}

    public static List<String> names() {
        return KNOWN.stream().map(Entry::name).toList();
    }

    /**
     * The path of the settings that are for one objective, or for those of its family.
     *
     * @throws IllegalArgumentException naming the known objectives if {@code name} is none of them
     */
    public static String section(String name) {
        return entry(name).section();
    }

    /**
     * The objective that {@code freshet.objective} of a whole configuration names, with its settings and regularisation. Settings of
     * the others must be good as well: they may be switched to.
     */
    public static PolicyObjective from(Config config) {
        requireGoodSettings(config);
        return entry(config.getString("freshet.objective")).reader().apply(config);
    }

    /** @throws IllegalArgumentException if a setting of any of the objectives breaks its rule */
    static void requireGoodSettings(Config config) {
        for (Entry known : KNOWN) {
            var unused = known.settings().apply(config);
        }
    }

    private static Entry entry(String name) {
        return KNOWN.stream()
                .filter(known -> known.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("objective must be one of " + String.join(", ", names())
                        + ", was \"" + name + "\" (freshet.objective)"));
    }
}
