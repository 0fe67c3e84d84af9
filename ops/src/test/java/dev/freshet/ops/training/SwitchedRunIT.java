package dev.freshet.ops.training;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.actors.ObjectiveOffer;
import dev.freshet.actors.RunControl.ChangeMode;
import dev.freshet.model.objective.PolicyObjectives;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.ops.control.ControlClient;
import dev.freshet.ops.control.SteeringClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class SwitchedRunIT {
    @TempDir
    Path directory;

    @Test
    @Timeout(300)
    void oneRunIsSwitchedThroughAllObjectivesAndDivergencesThatItOffersAndTakesStepsOfEach() throws Exception {
        Path run = directory.resolve("run");
        List<Switch> switches = new ArrayList<>();
        try (FreshetProcess process =
                FreshetProcess.start(directory.resolve("run.txt"), SmallRun.train(run, "freshet.train.steps=100000"))) {
            process.await("the first step", () -> SmallRun.events(run, "StepTrained") > 0);
            try (ControlClient client = process.control()) {
                SteeringClient steering = new SteeringClient(client);
                List<String> objectives = steering.objectives().objectives().stream()
                        .filter(offer -> offer.unavailable().isEmpty())
                        .map(ObjectiveOffer::name)
                        .toList();
                assertThat(objectives).containsExactlyInAnyOrderElementsOf(PolicyObjectives.names());
                for (String objective : objectives) {
                    PolicyVersion first = steering.switchObjective(objective, Map.of(), ChangeMode.CARRY_OUT)
                            .firstVersion();
                    switches.add(new Switch("objective", objective, first));
                    awaitStep(process, client, first);
                }
                List<String> divergences = client.listDivergences().specs();
                assertThat(divergences).hasSizeGreaterThanOrEqualTo(13);
                // f-DPG has none without a divergence.
                var unused = steering.switchObjective("grpo", Map.of(), ChangeMode.CARRY_OUT);
                for (String divergence : divergences) {
                    PolicyVersion first = client.switchDivergence(divergence, OptionalDouble.of(0.1))
                            .firstVersion();
                    switches.add(new Switch("divergence", divergence, first));
                    awaitStep(process, client, first);
                }
            }
            process.terminate();
            assertThat(process.exitCode()).as(process.printed()).isZero();
        }

        List<JsonNode> reports = SmallRun.reports(run);
        assertThat(reports)
                .extracting(report -> report.path("version").asLong())
                .as("every step once")
                .doesNotHaveDuplicates();
        for (Switch made : switches) {
            JsonNode first = reports.get((int) made.first().number() - 1);
            assertThat(first.path("version").asLong()).isEqualTo(made.first().number());
            assertThat(first.path(made.field()).asText()).isEqualTo(made.to());
            assertThat(first.path("skipped_mini_batches").asInt())
                    .as("%s", made)
                    .isZero();
            JsonNode before = reports.get((int) made.first().number() - 2);
            assertThat(before.path(made.field()).asText()).isEqualTo(inForceBefore(made, switches));
        }
    }

    /** @param field of a step's report that tells what it was taken with */
    private record Switch(String field, String to, PolicyVersion first) {}

    private static String inForceBefore(Switch made, List<Switch> switches) {
        String before = made.field().equals("objective") ? "grpo" : "js";
        for (Switch other : switches.subList(0, switches.indexOf(made))) {
            before = other.field().equals(made.field()) ? other.to() : before;
        }
        return before;
    }

    private static void awaitStep(FreshetProcess process, ControlClient client, PolicyVersion version)
            throws Exception {
        process.await("v" + version.number(), () -> client.status().version().minus(version) >= 0);
    }
}
