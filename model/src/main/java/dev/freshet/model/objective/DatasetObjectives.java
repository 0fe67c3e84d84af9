package dev.freshet.model.objective;

import com.typesafe.config.Config;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** The objectives that learn from a dataset, by the names that settings and commands know them by. A new one is a line here. */
public final class DatasetObjectives {
    private static final List<Entry> KNOWN = Stream.concat(
                    Stream.of(
                            new Entry(Sft.NAME, List.of(SftSettings.PATH), Sft::from, SftSettings::from),
                            new Entry(
                                    FSft.NAME,
                                    List.of(SftSettings.PATH, FSftSettings.PATH),
                                    FSft::from,
                                    FSftSettings::from),
                            new Entry(Dpo.NAME, List.of(), Dpo::from, Function.identity()),
                            new Entry(FDpo.NAME, List.of("freshet.f-dpo"), FDpo::from, FDpo::clamp),
                            new Entry(Cdpo.NAME, List.of("freshet.cdpo"), Cdpo::from, Cdpo::smoothing),
                            new Entry(Ipo.NAME, List.of(), Ipo::from, Function.identity()),
                            new Entry(
                                    FlatUnlearning.NAME,
                                    List.of(UnlearningSettings.PATH),
                                    FlatUnlearning::from,
                                    UnlearningSettings::from)),
                    Stream.of(UnlearningBaseline.values()).map(DatasetObjectives::baseline))
            .toList();

    /**
     * @param sections of the settings that are for this objective
     * @param reader from a whole configuration
     * @param settings reads those sections of a whole configuration, whatever the rest of it is
     */
    private record Entry(
            String name,
            List<String> sections,
            Function<Config, DatasetObjective> reader,
            Function<Config, ?> settings) {
        Entry {
            sections = List.copyOf(sections);
        }
    }

    private DatasetObjectives() {}

    private static Entry baseline(UnlearningBaseline baseline) {
        return new Entry(
                baseline.spec(),
                List.of(UnlearningSettings.PATH),
                config -> BaselineUnlearning.from(config, baseline),
                UnlearningSettings::from);
    }

    static List<String> names() {
        return KNOWN.stream().map(Entry::name).toList();
    }

    static boolean knows(String name) {
        return names().contains(name);
    }

    static List<String> sections(String name) {
        return entry(name).sections();
    }

    static DatasetObjective from(Config config, String name) {
        return entry(name).reader().apply(config);
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
                .orElseThrow(() -> new IllegalArgumentException("no objective of a dataset is named " + name));
    }
}
