package dev.freshet.ops.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.ops.bench.SteeringAudit.Findings;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SteeringAuditTest {
    @Test
    void findsNothingWrongWithExactSwitchesAndPauses() {
        Findings findings = audited(
                step(1, "js", 0.05),
                switched("js", 0.05, "tv", 0.1, 3),
                step(2, "js", 0.05),
                state("paused"),
                switched("tv", 0.1, "none", 0.1, 3),
                state("running"),
                step(3, "none", 0.1),
                step(4, "none", 0.1));

        assertThat(findings.violations()).isEmpty();
        assertThat(findings).returns(2L, Findings::switches).returns(1L, Findings::pauses);
    }

    @Test
    void findsASwitchThatCameTooLateOrTooEarly() {
        assertThat(audited(switched("js", 0.05, "tv", 0.05, 2), step(1, "tv", 0.05))
                        .violations())
                .singleElement()
                .asString()
                .contains("events.jsonl:2: version 1 must have ", "spec=js", "from version 0 on, had ", "spec=tv");
        assertThat(audited(switched("js", 0.05, "tv", 0.05, 1), step(1, "js", 0.05))
                        .violations())
                .hasSize(1);
    }

    @Test
    void findsADivergenceThatNobodySwitchedTo() {
        assertThat(audited(step(1, "js", 0.05), step(2, "js", 0.1)).violations())
                .singleElement()
                .asString()
                .contains("version 2 must have ", "coefficient=0.05");
    }

    @Test
    void findsAStepOfAPausedRun() {
        assertThat(audited(state("paused"), step(1, "js", 0.05)).violations())
                .containsExactly("events.jsonl:2: version 1 was made while the run was paused");
    }

    private static Findings audited(String... events) {
        List<AuditedLine> lines = new ArrayList<>();
        for (String event : events) {
            lines.add(AuditedLine.parse("events.jsonl:" + (lines.size() + 1), event));
        }
        return SteeringAudit.of(lines);
    }

    private static String step(long version, String spec, double coefficient) {
        return "{\"type\":\"StepTrained\",\"report\":{\"version\":" + version + ",\"divergence\":\"" + spec
                + "\",\"coefficient\":" + coefficient + "}}";
    }

    private static String switched(String from, double fromCoefficient, String to, double toCoefficient, long version) {
        return "{\"type\":\"DivergenceSwitched\",\"from_spec\":\"" + from + "\",\"from_coefficient\":" + fromCoefficient
                + ",\"to_spec\":\"" + to + "\",\"to_coefficient\":" + toCoefficient + ",\"first_version\":" + version
                + "}";
    }

    private static String state(String to) {
        return "{\"type\":\"StateChanged\",\"to\":\"" + to + "\"}";
    }
}
