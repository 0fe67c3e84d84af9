package dev.freshet.ops.bench;

import io.grpc.Status.Code;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * How many calls a server must have counted by each status code, from what its callers know. Who waited for the answer knows the
 * code, and the server counted the same. Of a call that its caller left, the server may have sent the answer before it heard of
 * that, or have counted the call as left, or, where the connection had not taken it yet, never have seen it. So such a call adds
 * to the most of each code that it may have been answered by, to the least of none, and to the most of all codes together once.
 */
final class CallTally {
    private final Map<Code, Long> known = new EnumMap<>(Code.class);
    private final Map<Set<Code>, Long> left = new HashMap<>();

    /** @param code that the caller was told */
    synchronized void add(FuzzRequest request, Code code) {
        if (request.isLeft()) {
            left.merge(request.allowed(), 1L, Long::sum);
        } else {
            known.merge(code, 1L, Long::sum);
        }
    }

    synchronized void clear() {
        known.clear();
        left.clear();
    }

    /** What the server may have counted, by code in lower case: a number, or its bounds. */
    synchronized Map<String, String> expected() {
        Map<String, String> expected = new TreeMap<>();
        for (Code code : Code.values()) {
            if (most(code) > 0) {
                expected.put(
                        label(code), least(code) == most(code) ? "" + least(code) : least(code) + " to " + most(code));
            }
        }
        return expected;
    }

    /**
     * What cannot be of what the server says that it counted.
     *
     * @param counted by code in lower case
     */
    synchronized List<String> differences(Map<String, Long> counted) {
        List<String> differences = new ArrayList<>();
        for (Code code : Code.values()) {
            require(differences, label(code), counted.getOrDefault(label(code), 0L), least(code), most(code));
        }
        require(differences, "in all", sum(counted), sum(known), sum(known) + sum(left));
        return differences;
    }

    private long least(Code code) {
        return known.getOrDefault(code, 0L);
    }

    private long most(Code code) {
        return least(code)
                + left.entrySet().stream()
                        .filter(calls -> calls.getKey().contains(code))
                        .mapToLong(Map.Entry::getValue)
                        .sum();
    }

    private static void require(List<String> differences, String what, long counted, long least, long most) {
        if (counted < least || counted > most) {
            differences.add("the server counted " + counted + " calls " + what + ", and callers know of " + least
                    + (least == most ? "" : " to " + most));
        }
    }

    private static long sum(Map<?, Long> calls) {
        return calls.values().stream().mapToLong(Long::longValue).sum();
    }

    private static String label(Code code) {
        return code.name().toLowerCase(Locale.ROOT);
    }
}
