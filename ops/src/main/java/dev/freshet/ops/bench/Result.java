package dev.freshet.ops.bench;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One figure of a benchmark.
 *
 * @param extra what the figure holds for and how it was come by, as further fields of its JSON object
 */
record Result(
        String metric,
        double value,
        String unit,
        @JsonAnyGetter Map<String, Object> extra) {
    /** The field of {@code extra} that lists, as strings, the rules that were broken, and where. */
    static final String VIOLATIONS = "violations";

    Result {
        extra = Collections.unmodifiableMap(new LinkedHashMap<>(extra));
    }

    /** What must not be, and is; a benchmark with any has failed. */
    List<String> violations() {
        return extra.get(VIOLATIONS) instanceof List<?> violations
                ? violations.stream().map(String::valueOf).toList()
                : List.of();
    }

    /** The same figure, held to a bar: one above it, or one that is no number, is a violation. */
    Result atMost(double bar) {
        return held(bar, value <= bar, "at most");
    }

    /** The same figure, held to a bar: one below it, or one that is no number, is a violation. */
    Result atLeast(double bar) {
        return held(bar, value >= bar, "at least");
    }

    private Result held(double bar, boolean holds, String rule) {
        List<String> broken = new ArrayList<>(violations());
        if (!holds) {
            broken.add(String.format(
                    Locale.ROOT, "%s must be %s %s %s, was %s", metric, rule, tidy(bar), unit, tidy(value)));
        }
        Map<String, Object> held = new LinkedHashMap<>(extra);
        held.put("bar", bar);
        held.put(VIOLATIONS, broken);
        return new Result(metric, value, unit, held);
    }

    private static String tidy(double value) {
        return String.format(Locale.ROOT, "%.4g", value);
    }

    /** For people: without what is long. */
    @Override
    public String toString() {
        Map<String, Object> brief = new LinkedHashMap<>(extra);
        brief.values().removeIf(List.class::isInstance);
        return String.format(Locale.ROOT, "%s: %,.4g %s %s", metric, value, unit, brief);
    }
}
