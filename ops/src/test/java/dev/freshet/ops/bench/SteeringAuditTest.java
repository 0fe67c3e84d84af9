package dev.freshet.ops.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.ops.bench.SteeringAudit.Findings;
import dev.freshet.streams.ChangeOrigin;
import dev.freshet.streams.PipelineEvent.DivergenceSwitched;
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
                .isEqualTo("events.jsonl:2: version 1 must have divergence js, in force from version 0 on, had tv");
        assertThat(audited(switched("js", 0.05, "tv", 0.05, 1), step(1, "js", 0.05))
                        .violations())
                .hasSize(1);
    }

    @Test
    void findsADivergenceThatNobodySwitchedTo() {
        assertThat(audited(step(1, "js", 0.05), step(2, "js", 0.1)).violations())
                .singleElement()
                .asString()
                .contains("version 2 must have coefficient 0.05, in force from version 0 on, had 0.1");
    }

    @Test
    void followsParametersAndSwitchesOfTheSameThing() {
        Findings findings = audited(
                step(1, "js", 0.05, 1e-4),
                changed("freshet.train.learning-rate", "1e-4", "2e-4", 3),
                changed("freshet.divergence-coefficient", "0.05", "0.1", 3),
                changed("freshet.rlvr.clip-low", "0.2", "0.3", 3),
                step(2, "js", 0.05, 1e-4),
                step(3, "js", 0.1, 2e-4),
                changed("freshet.divergence-coefficient", "0.1", "0.01", 4),
                switched("js", 0.01, "tv", 0.02, 4),
                changed("freshet.train.learning-rate", "2e-4", "2e-4", 4),
                step(4, "tv", 0.02, 2e-4));

        assertThat(findings.violations()).isEmpty();
        assertThat(findings.parameters()).isEqualTo(3);
    }

    @Test
    void findsAParameterThatCameTooLateOrTooEarlyOrNotAtAll() {
        String twice = changed("freshet.train.learning-rate", "1e-4", "2e-4", 2);
        assertThat(audited(twice, step(1, "js", 0.05, 2e-4)).violations())
                .containsExactly(
                        "events.jsonl:2: version 1 must have learning rate 1.0E-4, in force from version 0 on, had"
                                + " 2.0E-4");
        assertThat(audited(twice, step(2, "js", 0.05, 1e-4)).violations()).hasSize(1);
        assertThat(audited(changed("freshet.divergence-coefficient", "0.05", "0.1", 1), step(1, "js", 0.05))
                        .violations())
                .containsExactly(
                        "events.jsonl:2: version 1 must have coefficient 0.1, in force from version 1 on, had 0.05");
    }

    @Test
    void findsAStepOfAPausedRun() {
        assertThat(audited(state("paused"), step(1, "js", 0.05)).violations())
                .containsExactly("events.jsonl:2: version 1 was made while the run was paused");
    }

    @Test
    void aStepThatIsTakenAgainHasWhatItHadAndACommandOverridesWhatCameLater() {
        assertThat(audited(
                                step(1, "js", 0.05),
                                switched("js", 0.05, "tv", 0.1, 2),
                                step(2, "tv", 0.1),
                                step(1, "js", 0.05),
                                step(2, "tv", 0.1))
                        .violations())
                .isEmpty();
        assertThat(audited(
                                switched("js", 0.05, "tv", 0.1, 2),
                                step(2, "tv", 0.1),
                                switched("js", 0.05, "none", 0.1, 1),
                                step(1, "none", 0.1),
                                step(2, "none", 0.1))
                        .violations())
                .isEmpty();
    }

    /** A switch that an earlier attempt had answered. */
    @Test
    void findsASwitchThatADeathHasLost() {
        assertThat(audited(
                                step(1, "js", 0.05),
                                switched("js", 0.05, "tv", 0.1, 2),
                                step(1, "js", 0.05),
                                step(2, "js", 0.1))
                        .violations())
                .singleElement()
                .asString()
                .contains("version 2 must have divergence tv, in force from version 2 on, had js");
        DivergenceSwitched answer =
                new DivergenceSwitched("js", 0.05, "tv", 0.1, new PolicyVersion(2), ChangeOrigin.COMMAND);
        List<AuditedLine> lines = List.of(AuditedLine.parse("", switched("js", 0.05, "tv", 0.1, 2)));
        assertThat(SteeringAudit.missing(List.of(answer), lines)).isEmpty();
        assertThat(SteeringAudit.missing(List.of(answer), List.of())).hasSize(1);
    }

    private static Findings audited(String... events) {
        List<AuditedLine> lines = new ArrayList<>();
        for (String event : events) {
            lines.add(AuditedLine.parse("events.jsonl:" + (lines.size() + 1), event));
        }
        return SteeringAudit.of(lines);
    }

    private static String step(long version, String spec, double coefficient) {
        return step(version, spec, coefficient, 1e-4);
    }

    private static String step(long version, String spec, double coefficient, double learningRate) {
        return "{\"type\":\"StepTrained\",\"report\":{\"version\":" + version + ",\"divergence\":\"" + spec
                + "\",\"coefficient\":" + coefficient + ",\"learning_rate\":" + learningRate + "}}";
    }

    private static String changed(String key, String from, String to, long version) {
        return "{\"type\":\"ParameterChanged\",\"key\":\"" + key + "\",\"from_value\":\"" + from + "\",\"to_value\":\""
                + to + "\",\"first_version\":" + version + "}";
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
