package dev.freshet.model.objective;

import com.typesafe.config.Config;
import java.util.List;
import java.util.stream.Stream;

/** All objectives by their names, whatever they learn from. */
public final class KnownObjectives {
    private static final String KEY = "freshet.objective";

    private KnownObjectives() {}

    public static List<String> names() {
        return Stream.of(PolicyObjectives.names(), DatasetObjectives.names(), List.of(FDistill.NAME))
                .flatMap(List::stream)
                .toList();
    }

    /**
     * Paths of the sections of settings that are for one objective, or for those of its family.
     *
     * @throws IllegalArgumentException naming the known objectives if {@code name} is none of them
     */
    public static List<String> sections(String name) {
        if (name.equals(FDistill.NAME)) {
            return List.of(FDistillSettings.SECTION);
        }
        return DatasetObjectives.knows(name)
                ? DatasetObjectives.sections(name)
                : List.of(PolicyObjectives.section(name));
    }

    /**
     * The objective that {@code freshet.objective} of a whole configuration names, with its settings and regularisation. Settings of
     * the others must be good as well: they may be switched to.
     */
    public static Objective from(Config config) {
        String name = config.getString(KEY);
        PolicyObjectives.requireGoodSettings(config);
        DatasetObjectives.requireGoodSettings(config);
        var unused = FDistillSettings.from(config);
        if (DatasetObjectives.knows(name)) {
            return DatasetObjectives.from(config, name);
        }
        if (name.equals(FDistill.NAME)) {
            return FDistill.from(config);
        }
        if (PolicyObjectives.names().contains(name)) {
            return PolicyObjectives.from(config);
        }
        throw new IllegalArgumentException(
                "objective must be one of " + String.join(", ", names()) + ", was \"" + name + "\" (" + KEY + ")");
    }

    /** What an objective learns from, in a word: two of which it is the same can be switched between. */
    public static String feedOf(Objective objective) {
        if (objective instanceof FDistill) {
            return "a diffusion teacher";
        }
        return objective instanceof DatasetObjective dataset ? dataset.feedsOn().label() : "rollouts";
    }
}
