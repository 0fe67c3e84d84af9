package dev.freshet.streams;

import static dev.freshet.streams.TestSystem.await;
import static dev.freshet.streams.TestSystem.awaitUntil;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.streams.PipelineEvent.GroupsReturned;
import dev.freshet.streams.PipelineEvent.StepTrained;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Group counts add up by construction of {@link GroupCounts}; here they are held against what happened. */
class AccountingTest {
    private static final PipelineSettings SETTINGS = new PipelineSettings(8, 3, 2, 5, 3, 0, AdmissionMode.ASYNCHRONOUS);

    @RegisterExtension
    static final TestSystem SYSTEM = TestSystem.create();

    private final RecordedEvents events = new RecordedEvents();
    private final GroupLedger ledger = GroupLedger.begin(events);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void holdsUnderFailuresDropsAndTheEndOfTheSteps(long seed) throws Exception {
        try (SimulatedPorts ports = new SimulatedPorts(seed, 10)) {
            await(SYSTEM.run(run(ports, 25)).completion());
        }
        assertThat(events.dropsByReason())
                .containsOnlyKeys(DropReason.FAILED, DropReason.UNSCORABLE, DropReason.NO_SIGNAL);
        countsAreWhatTheEventsSay();
    }

    @ParameterizedTest
    @ValueSource(longs = {5, 6, 7, 8})
    void holdsWhenTheRunIsStoppedAtAnyMoment(long seed) throws Exception {
        try (SimulatedPorts ports = new SimulatedPorts(seed, 10)) {
            RunningPipeline running = SYSTEM.run(run(ports, 1_000));
            long groups = 40 + seed * 11;
            awaitUntil(() -> ledger.snapshot().admitted() >= groups, groups + " groups admitted");
            running.control().abort();
            await(running.completion());
        }
        assertThat(events.returns()).extracting(GroupsReturned::why).containsOnly("the run was stopped");
        countsAreWhatTheEventsSay();
    }

    @Test
    void holdsWhenTheRunIsDrained() throws Exception {
        try (SimulatedPorts ports = new SimulatedPorts(9, 10)) {
            RunningPipeline running = SYSTEM.run(run(ports, 1_000));
            awaitUntil(() -> ledger.snapshot().admitted() >= 60, "60 groups admitted");
            running.control().drain();
            await(running.completion());
        }
        assertThat(ledger.snapshot().returned()).isLessThan(SETTINGS.batchGroups());
        countsAreWhatTheEventsSay();
    }

    @Test
    void eventsComeInTheOrderOfTheCountsTheyCarry() throws Exception {
        AtomicLong dropped = new AtomicLong();
        AtomicLong disagreements = new AtomicLong();
        EventSink counting = event -> {
            if (event instanceof PipelineEvent.GroupDropped) {
                dropped.incrementAndGet();
            }
            if (event instanceof StepTrained step && inAll(step.groups().dropped()) != dropped.get()) {
                disagreements.incrementAndGet();
            }
        };
        try (SimulatedPorts ports = new SimulatedPorts(10, 15)) {
            RolloutRun run =
                    new RolloutRun(SETTINGS, 30, Groups::prompt, ports, GroupLedger.begin(counting), System::nanoTime);
            await(SYSTEM.run(run).completion());
        }
        assertThat(dropped.get()).isPositive();
        assertThat(disagreements).hasValue(0);
    }

    private void countsAreWhatTheEventsSay() {
        GroupCounts counts = ledger.snapshot();
        assertThat(counts.inFlight()).isZero();
        assertThat(counts.trained()).isEqualTo(events.steps().size() * (long) SETTINGS.batchGroups());
        assertThat(counts.dropped().entrySet().stream()
                        .filter(entry -> entry.getValue() > 0)
                        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)))
                .isEqualTo(events.dropsByReason());
        assertThat(counts.returned())
                .isEqualTo(events.returns().stream()
                        .mapToLong(GroupsReturned::groups)
                        .sum());
    }

    private static long inAll(Map<DropReason, Long> dropped) {
        return dropped.values().stream().mapToLong(Long::longValue).sum();
    }

    private RolloutRun run(PipelinePorts ports, long steps) {
        return new RolloutRun(SETTINGS, steps, Groups::prompt, ports, ledger, System::nanoTime);
    }
}
