package dev.freshet.ops.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Comparator;
import java.util.List;

/**
 * What a run's evaluations say of one suite.
 *
 * @param evaluations of the suite, in the order of the versions that they measured
 */
record SuiteFacts(String name, List<JsonNode> evaluations) {
    SuiteFacts {
        evaluations = List.copyOf(evaluations);
    }

    /** Of each suite that was measured, the first measured first. */
    static List<SuiteFacts> of(JournalFacts journal) {
        return journal.evaluations().stream()
                .map(evaluation -> evaluation.path("suite").asText())
                .distinct()
                .map(name -> of(journal, name))
                .toList();
    }

    /** Of one suite, which need not have been measured. */
    static SuiteFacts of(JournalFacts journal, String name) {
        return new SuiteFacts(
                name,
                journal.evaluations().stream()
                        .filter(evaluation -> evaluation.path("suite").asText().equals(name))
                        .sorted(Comparator.comparingLong(SuiteFacts::version))
                        .toList());
    }

    private static long version(JsonNode evaluation) {
        return evaluation.path("version").asLong();
    }

    JsonNode first() {
        return evaluations.get(0);
    }

    JsonNode newest() {
        return evaluations.get(evaluations.size() - 1);
    }

    Curve passAt(int k) {
        return curve("/pass_at_k/" + k);
    }

    /**
     * Over the policy versions.
     *
     * @param pointer to a number of the event
     */
    Curve curve(String pointer) {
        return Curve.of(
                evaluations.stream()
                        .mapToDouble(evaluation -> (double) version(evaluation))
                        .toArray(),
                evaluations.stream()
                        .mapToDouble(evaluation -> evaluation.at(pointer).asDouble(Double.NaN))
                        .toArray());
    }
}
