package dev.freshet.ops.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Whether what the journal tells of a steered run is exact: each step has the divergence and the coefficient that were switched to
 * from its version on, and none other; and none falls between a pause and its end.
 */
final class SteeringAudit {
    private final List<String> violations = new ArrayList<>();
    private final TreeMap<Long, Divergence> from = new TreeMap<>();
    private long switches;
    private long pauses;
    private boolean paused;

    private SteeringAudit() {}

    private record Divergence(String spec, double coefficient) {}

    /**
     * @param switches of the divergence
     * @param pauses that were come to
     */
    record Findings(List<String> violations, long switches, long pauses) {
        Findings {
            violations = List.copyOf(violations);
        }
    }

    /** @param lines of a run of one attempt */
    static Findings of(List<AuditedLine> lines) {
        SteeringAudit audit = new SteeringAudit();
        lines.forEach(audit::add);
        return new Findings(audit.violations, audit.switches, audit.pauses);
    }

    private void add(AuditedLine line) {
        switch (line.type()) {
            case "DivergenceSwitched" -> onSwitched(line);
            case "StepTrained" -> onStep(line);
            case "StateChanged" -> onState(line);
            default -> {}
        }
    }

    /** The newest of several that are to be in force from the same version on is the one that counts. */
    private void onSwitched(AuditedLine line) {
        switches++;
        JsonNode event = line.event();
        from.putIfAbsent(0L, divergence(event, "from_spec", "from_coefficient"));
        from.put(event.path("first_version").asLong(), divergence(event, "to_spec", "to_coefficient"));
    }

    private void onStep(AuditedLine line) {
        JsonNode report = line.event().path("report");
        long version = report.path("version").asLong();
        if (paused) {
            violations.add(line.place() + ": version " + version + " was made while the run was paused");
        }
        Divergence had = divergence(report, "divergence", "coefficient");
        Map.Entry<Long, Divergence> inForce = from.floorEntry(version);
        if (inForce == null) {
            from.put(0L, had);
            return;
        }
        if (!had.equals(inForce.getValue())) {
            violations.add(line.place() + ": version " + version + " must have " + inForce.getValue()
                    + ", in force from version " + inForce.getKey() + " on, had " + had);
        }
    }

    private void onState(AuditedLine line) {
        paused = line.event().path("to").asText().equals("paused");
        if (paused) {
            pauses++;
        }
    }

    private static Divergence divergence(JsonNode event, String spec, String coefficient) {
        return new Divergence(event.path(spec).asText(), event.path(coefficient).asDouble());
    }
}
