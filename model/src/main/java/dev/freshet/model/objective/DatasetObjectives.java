package dev.freshet.model.objective;

import com.typesafe.config.Config;
import java.util.List;
import java.util.function.Function;

/** The objectives that learn from a dataset, by the names that settings and commands know them by. A new one is a line here. */
public final class DatasetObjectives {
    private static final List<Entry> KNOWN = List.of(
            new Entry(Sft.NAME, SftSettings.PATH, Sft::from),
            new Entry(FSft.NAME, FSftSettings.PATH, FSft::from),
            new Entry(Dpo.NAME, "freshet.dpo", Dpo::from),
            new Entry(FDpo.NAME, "freshet.f-dpo", FDpo::from),
            new Entry(Cdpo.NAME, "freshet.cdpo", Cdpo::from),
            new Entry(Ipo.NAME, "freshet.ipo", Ipo::from));

    /**
     * @param section of the settings that are for this objective; it need not be there
     * @param reader from a whole configuration
     */
    private record Entry(String name, String section, Function<Config, DatasetObjective> reader) {}

    private DatasetObjectives() {}

    static List<String> names() {
        return KNOWN.stream().map(Entry::name).toList();
    }

    static boolean knows(String name) {
        return names().contains(name);
    }

    static String section(String name) {
        return entry(name).section();
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
