package dev.freshet.ops.experiment;

import dev.freshet.ops.bench.Machine;
import dev.freshet.ops.bench.ReportJson;
import dev.freshet.ops.cli.BuildInfo;
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
        return ReportJson.of(experiment, this);
    }
}
