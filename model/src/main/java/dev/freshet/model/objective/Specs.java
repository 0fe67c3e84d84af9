package dev.freshet.model.objective;

import java.util.List;
import java.util.function.Function;

/** Reads the names of choices. */
final class Specs {
    private Specs() {}

    /**
     * The choice of that name.
     *
     * @param key of {@code freshet.rlvr}
     * @throws IllegalArgumentException naming the known ones if {@code spec} is none of them
     */
    static <T> T parse(String key, String spec, List<T> known, Function<T, String> name) {
        return parse(RlvrSettings.PATH, key, spec, known, name);
    }

    /** @param path of the section that has {@code key} */
    static <T> T parse(String path, String key, String spec, List<T> known, Function<T, String> name) {
        return known.stream()
                .filter(choice -> name.apply(choice).equals(spec))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(key + " must be one of "
                        + known.stream().map(name).toList() + ", was \"" + spec + "\" (" + path + "." + key + ")"));
    }
}
