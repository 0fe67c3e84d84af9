package dev.freshet.streams;

import static dev.freshet.streams.TestSystem.await;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PlumbingThroughputTest {
    private static final PipelineSettings SETTINGS =
            new PipelineSettings(95, 16, 16, 128, 1, 0, AdmissionMode.ASYNCHRONOUS);
    private static final long STEPS = 500;

    @RegisterExtension
    static final TestSystem SYSTEM = TestSystem.create();

    /** The limit leaves room for a busy machine: it guards against a stage that waits, not against a slow day. */
    @Test
    void carriesThousandsOfGroupsASecond() throws Exception {
        GroupLedger ledger = GroupLedger.begin(event -> {});
        SimplePorts ports = new SimplePorts();
        await(SYSTEM.run(new RolloutRun(SETTINGS, 50, Groups::prompt, ports, ledger, System::nanoTime))
                .completion());
        long before = System.nanoTime();
        await(SYSTEM.run(new RolloutRun(SETTINGS, STEPS, Groups::prompt, ports, ledger, System::nanoTime))
                .completion());
        double seconds = (System.nanoTime() - before) / 1e9;
        double groupsPerSecond = STEPS * SETTINGS.batchGroups() / seconds;
        System.out.printf("plumbing: %.0f groups/s%n", groupsPerSecond);
        assertThat(groupsPerSecond).isGreaterThan(5_000);
        assertThat(ledger.snapshot().trained()).isEqualTo((STEPS + 50) * SETTINGS.batchGroups());
    }
}
