package dev.freshet.streams;

import static dev.freshet.streams.TestSystem.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.model.learning.StepReport;
import dev.freshet.streams.PipelineEvent.StepTrained;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class SynchronousModeTest {
    private static final int STEPS = 15;

    private static final PipelineSettings SETTINGS = new PipelineSettings(6, 3, 2, 6, 0, 0, AdmissionMode.SYNCHRONOUS);

    @RegisterExtension
    static final TestSystem SYSTEM = TestSystem.create();

    private final RecordedEvents events = new RecordedEvents();
    private final GroupLedger ledger = GroupLedger.begin(events);

    @Test
    void nothingIsStaleThoughGroupsAreDroppedAndReplaced() throws Exception {
        try (SimulatedPorts ports = new SimulatedPorts(5, 12)) {
            await(SYSTEM.run(run(ports, STEPS)).completion());
        }
        assertThat(events.maxStaleness()).isZero();
        assertThat(events.steps())
                .hasSize(STEPS)
                .allSatisfy(step -> assertThat(step.report().groups()).isEqualTo(6));
        assertThat(events.drops()).hasSizeGreaterThan(STEPS);
        assertThat(ledger.snapshot().returned()).isZero();
    }

    @Test
    void noGroupOfTheNextBatchIsAdmittedWhileAStepRuns() throws Exception {
        SteeredPorts ports = new SteeredPorts();
        RunningPipeline running = SYSTEM.run(run(ports, 3));
        for (long step = 0; step < 3; step++) {
            SteeredPorts.Step begun = ports.awaitStep();
            assertThat(begun.sequences()).hasSize(6).first().isEqualTo(step * 6);
            assertThat(ledger.snapshot().admitted()).isEqualTo((step + 1) * 6);
            ports.finish(begun);
        }
        await(running.completion());
        assertThat(ledger.snapshot()).isEqualTo(new GroupCounts(18, 18, Map.of(), 0, 0));
    }

    @Test
    void whichGroupsMakeABatchDoesNotDependOnTheirDelays() throws Exception {
        try (SimulatedPorts ports = new SimulatedPorts(9, 12)) {
            await(SYSTEM.run(run(ports, STEPS)).completion());
        }
        RecordedEvents again = new RecordedEvents();
        try (SimulatedPorts ports = new SimulatedPorts(9, 12)) {
            PipelineSettings narrow = new PipelineSettings(2, 1, 1, 6, 0, 0, AdmissionMode.SYNCHRONOUS);
            await(SYSTEM.run(new RolloutRun(
                            narrow, STEPS, Groups::prompt, ports, GroupLedger.begin(again), System::nanoTime))
                    .completion());
        }
        assertThat(batchEnds(again)).isEqualTo(batchEnds(events));
    }

    private static List<Long> batchEnds(RecordedEvents events) {
        return events.steps().stream()
                .map(StepTrained::report)
                .map(StepReport::lastSequence)
                .toList();
    }

    private RolloutRun run(PipelinePorts ports, long steps) {
        return new RolloutRun(SETTINGS, steps, Groups::prompt, ports, ledger, System::nanoTime);
    }
}
