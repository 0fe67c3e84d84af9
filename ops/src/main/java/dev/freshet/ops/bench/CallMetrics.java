package dev.freshet.ops.bench;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a run's metrics say of the calls of its control service.
 *
 * @param open that have begun and not ended
 * @param ended by result
 */
record CallMetrics(long open, Map<String, Long> ended) {
    private static final Pattern OPEN = Pattern.compile("freshet_control_calls_open\\{.*} ([0-9.E]+)");
    private static final Pattern ENDED =
            Pattern.compile("freshet_control_commands_total\\{.*result=\"([a-z_]+)\".*} ([0-9.E]+)");

    CallMetrics {
        ended = Map.copyOf(ended);
    }

    /** @param scraped as Prometheus gets it */
    static CallMetrics parse(String scraped) {
        long open = 0;
        Map<String, Long> ended = new TreeMap<>();
        for (String line : scraped.lines().toList()) {
            Matcher call = ENDED.matcher(line);
            if (call.matches()) {
                ended.merge(call.group(1), number(call.group(2)), Long::sum);
            }
            Matcher gauge = OPEN.matcher(line);
            if (gauge.matches()) {
                open += number(gauge.group(1));
            }
        }
        return new CallMetrics(open, ended);
    }

    /** Calls that ended since then, by result. */
    Map<String, Long> endedSince(CallMetrics before) {
        Map<String, Long> since = new TreeMap<>();
        ended.forEach((result, calls) -> {
            long more = calls - before.ended().getOrDefault(result, 0L);
            if (more != 0) {
                since.put(result, more);
            }
        });
        return since;
    }

    private static long number(String text) {
        return Math.round(Double.parseDouble(text));
    }
}
