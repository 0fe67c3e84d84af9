package dev.freshet.model.objective;

import com.typesafe.config.Config;
import java.util.List;
import java.util.function.Function;

/** The objectives that learn from a dataset, by the names that settings and commands know them by. A new one is a line here. */
public final class DatasetObjectives {
    private static final List<Entry> KNOWN = List.of(
            new Entry(Sft.NAME, List.of(SftSettings.PATH), Sft::from),
            new Entry(FSft.NAME, List.of(SftSettings.PATH, FSftSettings.PATH), FSft::from),
            new Entry(Dpo.NAME, List.of(), Dpo::from),
            new Entry(FDpo.NAME, List.of("freshet.f-dpo"), FDpo::from),
            new Entry(Cdpo.NAME, List.of("freshet.cdpo"), Cdpo::from),
            new Entry(Ipo.NAME, List.of(), Ipo::from));

    /**
     * @param sections of the settings that are for this objective
     * @param reader from a whole configuration
     */
    private record Entry(String name, List<String> sections, Function<Config, DatasetObjective> reader) {
        Entry {
            sections = List.copyOf(sections);
        }
    }

    private DatasetObjectives() {}

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

    private static Entry entry(String name) {
        return KNOWN.stream()
                .filter(known -> known.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no objective of a dataset is named " + name));
    }
}
