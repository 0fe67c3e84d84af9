package dev.freshet.streams;

import static dev.freshet.streams.TestSystem.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import akka.Done;
import akka.stream.javadsl.RunnableGraph;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.streams.PipelineEvent.GroupDropped;
import dev.freshet.streams.PipelineEvent.StepTrained;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RolloutPipelineTest {
    private static final PipelineSettings SETTINGS = new PipelineSettings(1, 1, 1, 4, 1, 0, AdmissionMode.ASYNCHRONOUS);

    @RegisterExtension
    static final TestSystem SYSTEM = TestSystem.create();

    private final RecordedEvents events = new RecordedEvents();
    private final GroupLedger ledger = GroupLedger.begin(events);

    @Test
    void learnsFromTheGroupsInTheOrderOfTheirAdmission() throws Exception {
        try (SimulatedPorts ports = new SimulatedPorts(3, 8)) {
            await(SYSTEM.run(run(ports, 20)).completion());
            assertThat(ports.learnt()).hasSize(80).isSorted().doesNotHaveDuplicates();
        }
    }

    @Test
    void takesAsManyStepsAsAreLeftAndNoMore() throws Exception {
        SimplePorts ports = new SimplePorts();
        await(SYSTEM.run(run(ports, 7)).completion());
        assertThat(ports.publishedVersion()).isEqualTo(new PolicyVersion(7));
        assertThat(events.steps()).hasSize(7);
        assertThat(ledger.cursor()).isEqualTo(28);
        await(SYSTEM.run(run(ports, 0)).completion());
        assertThat(events.steps()).hasSize(7);
    }

    @Test
    void groupsWithoutSignalEndOnlyWhereTheObjectiveNeedsVariance() throws Exception {
        SimplePorts ports = new SimplePorts();
        ports.equalRewards = true;
        await(SYSTEM.run(run(ports, 2)).completion());
        assertThat(events.drops()).isEmpty();
        assertThat(events.steps()).hasSize(2);

        ports.needsRewardVariance = true;
        RunningPipeline running = SYSTEM.run(run(ports, 1));
        TestSystem.awaitUntil(() -> events.drops().size() >= 20, "20 groups dropped");
        running.control().abort();
        await(running.completion());
        assertThat(events.drops().get(0).reason()).isEqualTo(DropReason.NO_SIGNAL);
        assertThat(events.drops().get(0).detail())
                .isEqualTo("all 2 rewards are 1.0, and the objective learns from their differences only");
        assertThat(events.steps()).hasSize(2);
    }

    @Test
    void staleGroupsAreDroppedBeforeTheyMakeABatch() throws Exception {
        SimplePorts ports = new SimplePorts();
        ports.published.set(5);
        ports.sampledBehind = sequence -> sequence < 3 ? 2 : 0;
        await(SYSTEM.run(run(ports, 1)).completion());
        assertThat(events.drops())
                .extracting(GroupDropped::sequence, GroupDropped::reason)
                .containsExactly(tuple(0L, DropReason.STALE), tuple(1L, DropReason.STALE), tuple(2L, DropReason.STALE));
        assertThat(events.drops().get(0).detail())
                .isEqualTo("its oldest token is from v3, 2 behind v5; max-staleness is 1 (freshet.max-staleness)");
        assertThat(events.steps().get(0).report().firstSequence()).isEqualTo(3);
    }

    @Test
    void theMaxStalenessInForceIsWhatCounts() throws Exception {
        SimplePorts ports = new SimplePorts();
        ports.published.set(5);
        ports.sampledBehind = sequence -> sequence < 3 ? 2 : 0;
        ports.moreStaleness = 1;
        await(SYSTEM.run(run(ports, 1)).completion());
        assertThat(events.drops()).isEmpty();
    }

    @Test
    void aSlowPushStallsNoStepAndSkipsToTheNewestVersion() throws Exception {
        SimplePorts ports = new SimplePorts();
        CompletableFuture<Done> firstPush = new CompletableFuture<>();
        ports.push =
                version -> version.number() == 1 ? firstPush : CompletableFuture.completedFuture(Done.getInstance());
        RunningPipeline running = SYSTEM.run(run(ports, 9));
        TestSystem.awaitUntil(() -> events.steps().size() == 9, "all steps are taken");
        assertThat(running.completion()).isNotDone();
        firstPush.complete(Done.getInstance());
        await(running.completion());
        assertThat(ports.pushed).containsExactly(new PolicyVersion(1), new PolicyVersion(9));
    }

    @Test
    void ratesAreOfTheTimeSinceTheStepBefore() throws Exception {
        AtomicLong seconds = new AtomicLong();
        SteeredPorts ports = new SteeredPorts();
        RunningPipeline running = SYSTEM.run(
                new RolloutRun(SETTINGS, 2, Groups::prompt, ports, ledger, () -> seconds.get() * 1_000_000_000));
        SteeredPorts.Step first = ports.awaitStep();
        seconds.set(2);
        ports.finish(first);
        SteeredPorts.Step second = ports.awaitStep();
        seconds.set(10);
        ports.finish(second);
        await(running.completion());
        assertThat(events.steps()).extracting(StepTrained::rolloutsPerSecond).containsExactly(4.0, 1.0);
        assertThat(events.steps())
                .extracting(StepTrained::trainedTokensPerSecond)
                .containsExactly(4.0, 1.0);
    }

    @Test
    void tokensAreGeneratedAlsoInGroupsThatAreDropped() throws Exception {
        PipelineSettings synchronous = new PipelineSettings(1, 1, 1, 4, 0, 0, AdmissionMode.SYNCHRONOUS);
        AtomicLong seconds = new AtomicLong();
        SteeredPorts ports = new SteeredPorts().droppingAfterVerification(sequence -> sequence < 6);
        RunningPipeline running = SYSTEM.run(
                new RolloutRun(synchronous, 1, Groups::prompt, ports, ledger, () -> seconds.get() * 1_000_000_000));
        SteeredPorts.Step step = ports.awaitStep();
        seconds.set(2);
        ports.finish(step);
        await(running.completion());
        assertThat(events.steps()).singleElement().satisfies(trained -> {
            assertThat(trained.trainedTokensPerSecond()).isEqualTo(4);
            assertThat(trained.generatedTokensPerSecond())
                    .as("6 groups of 2 tokens were dropped")
                    .isEqualTo(4 + 6);
        });
    }

    @Test
    void aSinkMaySteerThePipelineFromWithinAnEvent() throws Exception {
        SimplePorts ports = new SimplePorts();
        CompletableFuture<RunningPipeline> started = new CompletableFuture<>();
        EventSink drainAtTheThirdStep = event -> {
            if (event instanceof StepTrained step && step.report().version().number() == 3) {
                started.join().control().drain();
            }
        };
        GroupLedger steered = GroupLedger.begin(drainAtTheThirdStep);
        started.complete(
                SYSTEM.run(new RolloutRun(SETTINGS, 1_000_000, Groups::prompt, ports, steered, System::nanoTime)));
        await(started.join().completion());
        assertThat(ports.publishedVersion().number()).isBetween(3L, 5L);
    }

    @Test
    void runsOnce() {
        RunnableGraph<RunningPipeline> pipeline = RolloutPipeline.of(run(new SimplePorts(), 0));
        assertThat(pipeline.run(SYSTEM.actorSystem()).completion()).isNotNull();
        assertThatThrownBy(() -> pipeline.run(SYSTEM.actorSystem()))
                .hasMessage("a pipeline runs once: make another from the same ledger");
    }

    private RolloutRun run(PipelinePorts ports, long steps) {
        return new RolloutRun(SETTINGS, steps, Groups::prompt, ports, ledger, System::nanoTime);
    }
}
