package dev.freshet.streams;

import static dev.freshet.streams.TestSystem.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.model.rollout.LogProbs;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.rollout.RehearsalSequence;
import dev.freshet.model.rollout.ScoredGroup;
import dev.freshet.model.rollout.Tokens;
import dev.freshet.streams.SteeredPorts.Step;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Rehearsal sequences join the batches of the one pipeline. */
class RehearseTest {
    private static final PipelineSettings SETTINGS = new PipelineSettings(4, 1, 1, 4, 2, 0, AdmissionMode.ASYNCHRONOUS);

    @RegisterExtension
    static final TestSystem SYSTEM = TestSystem.create();

    private final GroupLedger ledger = GroupLedger.begin(new RecordedEvents());

    @Test
    void eachStepLearnsFromABatchOfGroupsAndTheSequencesOfItsVersion() throws Exception {
        SteeredPorts ports = new SteeredPorts().rehearsing((version, groups) -> List.of(sequence(version)));
        RunningPipeline running = SYSTEM.run(run(ports, 3));
        for (int version = 0; version < 3; version++) {
            Step step = ports.awaitStep();
            assertThat(step.batch()).hasSize(4);
            assertThat(step.rehearsal()).containsExactly(sequence(new PolicyVersion(version)));
            ports.finish(step);
        }
        await(running.completion());
        assertThat(ledger.snapshot().trained()).isEqualTo(12);
    }

    @Test
    void sequencesAreAskedForOnceABatchAndForTheGroupsInIt() throws Exception {
        List<List<Long>> asked = new CopyOnWriteArrayList<>();
        SteeredPorts ports = new SteeredPorts().rehearsing((version, groups) -> {
            asked.add(groups.stream().map(ScoredGroup::sequence).toList());
            return List.of();
        });
        RunningPipeline running = SYSTEM.run(run(ports, 2));
        Step first = ports.awaitStep();
        assertThat(asked).containsExactly(List.of(0L, 1L, 2L, 3L));
        assertThat(first.sequences()).isEqualTo(asked.get(0));
        ports.finish(first);
        Step second = ports.awaitStep();
        assertThat(asked).containsExactly(List.of(0L, 1L, 2L, 3L), List.of(4L, 5L, 6L, 7L));
        ports.finish(second);
        await(running.completion());
    }

    private static RehearsalSequence sequence(PolicyVersion version) {
        return new RehearsalSequence(Tokens.of(1), Tokens.of((int) version.number()), LogProbs.of(-1), 1);
    }

    private RolloutRun run(PipelinePorts ports, long steps) {
        return new RolloutRun(SETTINGS, steps, Groups::prompt, ports, ledger, System::nanoTime);
    }
}
