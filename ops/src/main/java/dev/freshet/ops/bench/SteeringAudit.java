package dev.freshet.ops.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.streams.ChangeOrigin;
import dev.freshet.streams.PipelineEvent.DivergenceSwitched;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Whether what the journal tells of a steered run is exact: each step has the divergence, the coefficient and the learning rate that
 * it was told to have from its version on, and none other, also when a death had it taken again; and none falls between a pause and
 * its end.
 */
final class SteeringAudit {
    private static final String DIVERGENCE = "freshet.divergence";
    private static final String COEFFICIENT = "freshet.divergence-coefficient";
    private static final String LEARNING_RATE = "freshet.train.learning-rate";

    private final List<String> violations = new ArrayList<>();
    private final InForce<String> divergences = new InForce<>("divergence");
    private final InForce<Double> coefficients = new InForce<>("coefficient");
    private final InForce<Double> learningRates = new InForce<>("learning rate");
    private long switches;
    private long parameters;
    private long pauses;
    private boolean paused;

    private SteeringAudit() {}

    /**
     * @param switches of the divergence
     * @param parameters that were changed to another value, of those that steps report
     * @param pauses that were come to
     */
    record Findings(List<String> violations, long switches, long parameters, long pauses) {
        Findings {
            violations = List.copyOf(violations);
        }
    }

    /** @param lines of a run, all its attempts, whose learning rate has no schedule */
    static Findings of(List<AuditedLine> lines) {
        SteeringAudit audit = new SteeringAudit();
        lines.forEach(audit::add);
        return new Findings(audit.violations, audit.switches, audit.parameters, audit.pauses);
    }

    private void add(AuditedLine line) {
        switch (line.type()) {
            case "DivergenceSwitched" -> onSwitched(line.event());
            case "ParameterChanged" -> onChanged(line.event());
            case "StepTrained" -> onStep(line);
            case "StateChanged" -> onState(line);
            case "SteeringTakenBack" -> onTakenBack(line.event());
            case "RunStarted" -> paused = false;
            default -> {}
        }
    }

    /**
     * Answers that the journal does not have.
     *
     * @param answered switches that the run said were in force
     */
    static List<String> missing(List<DivergenceSwitched> answered, List<AuditedLine> lines) {
        List<DivergenceSwitched> told = lines.stream()
                .filter(line -> line.type().equals("DivergenceSwitched"))
                .map(AuditedLine::event)
                .filter(SteeringAudit::isOfACommand)
                .map(SteeringAudit::event)
                .toList();
        return answered.stream()
                .filter(answer -> !told.contains(answer))
                .map(answer -> "the run answered " + answer + ", and its journal does not say so")
                .toList();
    }

    private static boolean isOfACommand(JsonNode event) {
        return event.path("origin").asText("command").equals("command");
    }

    private static DivergenceSwitched event(JsonNode event) {
        return new DivergenceSwitched(
                event.path("from_spec").asText(),
                event.path("from_coefficient").asDouble(),
                event.path("to_spec").asText(),
                event.path("to_coefficient").asDouble(),
                new PolicyVersion(event.path("first_version").asLong()),
                ChangeOrigin.COMMAND);
    }

    private void onSwitched(JsonNode event) {
        switches++;
        divergences.change(
                event.path("from_spec").asText(), event.path("to_spec").asText(), event);
        coefficients.change(
                event.path("from_coefficient").asDouble(),
                event.path("to_coefficient").asDouble(),
                event);
    }

    private void onTakenBack(JsonNode event) {
        long version = event.path("first_version").asLong();
        event.path("settings").fieldNames().forEachRemaining(key -> {
            switch (key) {
                case DIVERGENCE -> divergences.takeBack(version);
                case COEFFICIENT -> coefficients.takeBack(version);
                case LEARNING_RATE -> learningRates.takeBack(version);
                default -> {}
            }
        });
    }

    private void onChanged(JsonNode event) {
        switch (event.path("key").asText()) {
            case COEFFICIENT -> onNumber(event, coefficients);
            case LEARNING_RATE -> onNumber(event, learningRates);
            default -> {}
        }
    }

    private void onNumber(JsonNode event, InForce<Double> numbers) {
        double from = Double.parseDouble(event.path("from_value").asText());
        double to = Double.parseDouble(event.path("to_value").asText());
        parameters += from == to ? 0 : 1;
        numbers.change(from, to, event);
    }

    private void onStep(AuditedLine line) {
        JsonNode report = line.event().path("report");
        long version = report.path("version").asLong();
        if (paused) {
            violations.add(line.place() + ": version " + version + " was made while the run was paused");
        }
        divergences.require(report.path("divergence").asText(), version, line);
        coefficients.require(report.path("coefficient").asDouble(), version, line);
        learningRates.require(report.path("learning_rate").asDouble(), version, line);
    }

    private void onState(AuditedLine line) {
        paused = line.event().path("to").asText().equals("paused");
        if (paused) {
            pauses++;
        }
    }

    /**
     * What one thing was told to be, from which version on. The newest of several for one version is the one that counts; and a
     * command is the last word on all versions from its own on, though an earlier attempt came further.
     */
    private final class InForce<V> {
        private final String what;
        private final TreeMap<Long, V> from = new TreeMap<>();

        private InForce(String what) {
            this.what = what;
        }

        private void change(V before, V after, JsonNode event) {
            long version = event.path("first_version").asLong();
            from.putIfAbsent(0L, before);
            if (isOfACommand(event)) {
                from.tailMap(version, true).clear();
            }
            from.put(version, after);
        }

        private void takeBack(long version) {
            from.remove(version);
        }

        /** Until it is told otherwise, what the first step had is right. */
        private void require(V had, long version, AuditedLine line) {
            Map.@Nullable Entry<Long, V> told = from.floorEntry(version);
            if (told == null) {
                from.put(0L, had);
                return;
            }
            if (!had.equals(told.getValue())) {
                violations.add(line.place() + ": version " + version + " must have " + what + " " + told.getValue()
                        + ", in force from version " + told.getKey() + " on, had " + had);
            }
        }
    }
}
