package dev.freshet.ops.experiment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import dev.freshet.ops.bench.Machine;
import dev.freshet.ops.cli.BuildInfo;
import java.time.Duration;
import java.util.List;

/**
 * The fields of {@code result.json}. Scripts rely on the names.
 *
 * @param seconds that the whole took
 */
record ExperimentResult(
        String experiment,
        String commit,
        String version,
        Machine machine,
        Object settings,
        double seconds,
        List<ArmResult> arms,
        List<Check> checks) {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .addModule(new SimpleModule().addSerializer(Duration.class, ToStringSerializer.instance))
            .build();

    static ExperimentResult of(Experiment experiment, double seconds, ArmTable table) {
        BuildInfo build = BuildInfo.read();
        return new ExperimentResult(
                experiment.name(),
                build.commit(),
                build.version(),
                Machine.here(),
                experiment.settings(),
                seconds,
                table.results(),
                experiment.checks(table));
    }

    boolean passes() {
        return checks.stream().allMatch(Check::pass);
    }

    String toJson() {
        try {
            return MAPPER.writeValueAsString(this) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(
                    "the result of " + experiment + " must be made of what JSON can hold: " + e.getOriginalMessage(),
                    e);
        }
    }
}
