package dev.freshet.streams;

import static dev.freshet.streams.TestSystem.await;
import static dev.freshet.streams.TestSystem.awaitUntil;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.Done;
import dev.freshet.model.rollout.RolloutGroup;
import dev.freshet.streams.PipelineEvent.GroupsReturned;
import dev.freshet.streams.SteeredPorts.Step;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PauseAndEndTest {
    private static final PipelineSettings SETTINGS = new PipelineSettings(4, 1, 1, 4, 2, 0, AdmissionMode.ASYNCHRONOUS);
    private static final Map<DropReason, Long> NONE_DROPPED = Map.of();

    @RegisterExtension
    static final TestSystem SYSTEM = TestSystem.create();

    private final RecordedEvents events = new RecordedEvents();
    private final GroupLedger ledger = GroupLedger.begin(events);

    @Test
    void pauseIsCompleteWhenTheRunningStepHasEnded() throws Exception {
        SteeredPorts ports = new SteeredPorts();
        RunningPipeline running = SYSTEM.run(run(ports, 2));
        Step first = ports.awaitStep();
        awaitUntil(() -> ledger.snapshot().admitted() >= 8, "the next batch is admitted whole");
        CompletionStage<Done> paused = running.control().pause();
        assertThat(paused).isNotDone();
        ports.finish(first);
        await(paused);
        awaitUntil(() -> waits(running, StageName.LEARN, WaitReason.PAUSED), "the next batch waits");
        assertThat(ports.begunStep()).isEmpty();
        running.control().resume();
        ports.finish(ports.awaitStep());
        await(running.completion());
        assertThat(ledger.snapshot().trained()).isEqualTo(8);
    }

    @Test
    void pauseAdmitsNothingAndLosesNothing() throws Exception {
        CompletableFuture<Done> generated = new CompletableFuture<>();
        AtomicInteger generating = new AtomicInteger();
        SteeredPorts ports = new SteeredPorts(group -> {
            generating.incrementAndGet();
            return generated.thenApply(done -> new Outcome.Passed<>(group));
        });
        RunningPipeline running = SYSTEM.run(run(ports, 1));
        awaitUntil(() -> generating.get() == 4, "every generator is at work");
        awaitUntil(() -> ledger.snapshot().admitted() == 5, "the gate holds a group");
        await(running.control().pause());
        generated.complete(Done.getInstance());
        awaitUntil(() -> waits(running, StageName.LEARN, WaitReason.PAUSED), "the groups have finished and wait");
        assertThat(waits(running, StageName.PROMPTS, WaitReason.PAUSED)).isTrue();
        assertThat(ledger.snapshot()).isEqualTo(new GroupCounts(5, 0, NONE_DROPPED, 0, 5));
        running.control().resume();
        Step step = ports.awaitStep();
        assertThat(step.sequences()).containsExactly(0L, 1L, 2L, 3L);
        ports.finish(step);
        await(running.completion());
    }

    @Test
    void drainLearnsFromFullBatchesAndHandsBackTheRest() throws Exception {
        SteeredPorts ports = new SteeredPorts();
        RunningPipeline running = SYSTEM.run(run(ports, 1_000));
        Step first = ports.awaitStep();
        awaitUntil(() -> ledger.snapshot().inFlight() == SETTINGS.inFlight(), "the pipeline is full");
        running.control().drain();
        ports.finish(first);
        Step second = ports.awaitStep();
        assertThat(second.sequences()).containsExactly(4L, 5L, 6L, 7L);
        ports.finish(second);
        await(running.completion());
        assertThat(ledger.snapshot()).isEqualTo(new GroupCounts(11, 8, NONE_DROPPED, 3, 0));
        assertThat(events.returns()).containsExactly(new GroupsReturned(3, "the run was drained"));
        assertThat(ledger.cursor()).isEqualTo(8);
    }

    @Test
    void aPausedPipelineCanBeDrained() throws Exception {
        SteeredPorts ports = new SteeredPorts();
        RunningPipeline running = SYSTEM.run(run(ports, 1_000));
        Step first = ports.awaitStep();
        awaitUntil(() -> ledger.snapshot().inFlight() == SETTINGS.inFlight(), "the pipeline is full");
        CompletionStage<Done> paused = running.control().pause();
        ports.finish(first);
        await(paused);
        running.control().drain();
        ports.finish(ports.awaitStep());
        await(running.completion());
        assertThat(ledger.snapshot()).isEqualTo(new GroupCounts(11, 8, NONE_DROPPED, 3, 0));
    }

    @Test
    void abortFinishesTheRunningStepAndHandsBackTheRest() throws Exception {
        SteeredPorts ports = new SteeredPorts();
        RunningPipeline running = SYSTEM.run(run(ports, 1_000));
        Step first = ports.awaitStep();
        awaitUntil(() -> ledger.snapshot().inFlight() == SETTINGS.inFlight(), "the pipeline is full");
        running.control().abort();
        assertThat(running.completion()).isNotDone();
        ports.finish(first);
        await(running.completion());
        assertThat(ports.begunStep()).isEmpty();
        assertThat(ledger.snapshot()).isEqualTo(new GroupCounts(11, 4, NONE_DROPPED, 7, 0));
        assertThat(events.returns()).containsExactly(new GroupsReturned(7, "the run was stopped"));
    }

    @Test
    void aPausedPipelineCanBeAborted() throws Exception {
        SteeredPorts ports = new SteeredPorts();
        RunningPipeline running = SYSTEM.run(run(ports, 1_000));
        Step first = ports.awaitStep();
        awaitUntil(() -> ledger.snapshot().admitted() >= 8, "the next batch is admitted whole");
        CompletionStage<Done> paused = running.control().pause();
        ports.finish(first);
        await(paused);
        awaitUntil(() -> waits(running, StageName.LEARN, WaitReason.PAUSED), "the next batch waits");
        running.control().abort();
        await(running.completion());
        assertThat(ports.begunStep()).isEmpty();
        assertThat(ledger.snapshot().trained()).isEqualTo(4);
    }

    @Test
    void groupsHandedBackAreTheFirstOfTheNextPipeline() throws Exception {
        SteeredPorts ports = new SteeredPorts();
        RunningPipeline running = SYSTEM.run(run(ports, 1_000));
        Step first = ports.awaitStep();
        running.control().abort();
        ports.finish(first);
        await(running.completion());
        RunningPipeline next = SYSTEM.run(run(ports, 1));
        Step again = ports.awaitStep();
        assertThat(again.sequences()).containsExactly(4L, 5L, 6L, 7L);
        ports.finish(again);
        await(next.completion());
        assertThat(ledger.snapshot().trained()).isEqualTo(8);
    }

    @Test
    void theNextPipelineGoesOnWithTheTimesOfTheOneBefore() throws Exception {
        AtomicLong seconds = new AtomicLong();
        SteeredPorts ports = new SteeredPorts();
        RolloutRun run =
                new RolloutRun(SETTINGS, 1_000, Groups::prompt, ports, ledger, () -> seconds.get() * 1_000_000_000);
        RunningPipeline running = SYSTEM.run(run);
        Step first = ports.awaitStep();
        awaitUntil(() -> ledger.snapshot().inFlight() == SETTINGS.inFlight(), "the pipeline is full");
        seconds.set(5);
        running.control().abort("rolled back to v0");
        ports.finish(first);
        await(running.completion());
        seconds.set(9);

        RunningPipeline next =
                RolloutPipeline.after(running.control(), run, Beginning.OPEN).run(SYSTEM.actorSystem());

        Step second = ports.awaitStep();
        seconds.set(12);
        assertThat(busySeconds(next, StageName.LEARN)).isEqualTo(5 + 3);
        assertThat(next.control().stages())
                .filteredOn(stage -> stage.stage() == StageName.LEARN)
                .allMatch(stage -> stage.queueDepth() == 1);
        assertThat(events.returns()).extracting(GroupsReturned::why).containsExactly("rolled back to v0");
        next.control().abort();
        ports.finish(second);
        await(next.completion());
    }

    @Test
    void aPipelineThatBeginsPausedAdmitsNothingUntilItIsResumed() throws Exception {
        SteeredPorts ports = new SteeredPorts();
        RunningPipeline running = SYSTEM.run(run(ports, 1_000));
        Step first = ports.awaitStep();
        running.control().abort();
        ports.finish(first);
        await(running.completion());
        long admitted = ledger.snapshot().admitted();

        RunningPipeline paused = RolloutPipeline.after(running.control(), run(ports, 1), Beginning.PAUSED)
                .run(SYSTEM.actorSystem());

        awaitUntil(() -> waits(paused, StageName.PROMPTS, WaitReason.PAUSED), "the gate is closed");
        assertThat(ledger.snapshot().admitted()).isEqualTo(admitted);
        paused.control().resume();
        ports.finish(ports.awaitStep());
        await(paused.completion());
        assertThat(ledger.snapshot().trained()).isEqualTo(8);
    }

    @Test
    void aPipelineThatBeginsPausedCanBeDrained() throws Exception {
        SteeredPorts ports = new SteeredPorts();
        RunningPipeline running = SYSTEM.run(run(ports, 1_000));
        Step first = ports.awaitStep();
        running.control().abort();
        ports.finish(first);
        await(running.completion());

        RunningPipeline paused = RolloutPipeline.after(running.control(), run(ports, 1), Beginning.PAUSED)
                .run(SYSTEM.actorSystem());
        paused.control().drain();

        await(paused.completion());
        assertThat(ports.begunStep()).isEmpty();
        assertThat(ledger.snapshot().inFlight()).isZero();
    }

    @Test
    void aFailedPortFailsThePipelineAfterTheRunningStep() throws Exception {
        CompletableFuture<Outcome<RolloutGroup>> sixth = new CompletableFuture<>();
        SteeredPorts ports = new SteeredPorts(group -> group.sequence() == 5 ? sixth : SteeredPorts.passed(group));
        RunningPipeline running = SYSTEM.run(run(ports, 1_000));
        Step first = ports.awaitStep();
        sixth.completeExceptionally(new IllegalStateException("no generator is left"));
        awaitUntil(() -> waits(running, StageName.GENERATE, WaitReason.DEMAND), "generate has failed");
        assertThat(running.completion()).isNotDone();
        ports.finish(first);
        assertThatThrownBy(() -> await(running.completion())).hasStackTraceContaining("no generator is left");
        assertThat(ledger.snapshot().trained()).isEqualTo(4);
        assertThat(ledger.snapshot().inFlight()).isZero();
        assertThat(events.returns())
                .singleElement()
                .extracting(GroupsReturned::why)
                .asString()
                .contains("the pipeline failed: ", "no generator is left");
    }

    @Test
    void aPortThatThrowsFailsThePipeline() {
        SteeredPorts ports = new SteeredPorts(group -> {
            throw new IllegalStateException("broken port");
        });
        RunningPipeline running = SYSTEM.run(run(ports, 1));
        assertThatThrownBy(() -> await(running.completion())).hasStackTraceContaining("broken port");
        assertThat(ledger.snapshot().returned()).isPositive();
    }

    private static double busySeconds(RunningPipeline running, StageName stage) {
        return running.control().stages().stream()
                .filter(snapshot -> snapshot.stage() == stage)
                .mapToDouble(StageSnapshot::busySeconds)
                .sum();
    }

    private static boolean waits(RunningPipeline running, StageName stage, WaitReason reason) {
        return running.control().stages().stream()
                .anyMatch(snapshot -> snapshot.stage() == stage
                        && snapshot.waiting().filter(reason::equals).isPresent());
    }

    private RolloutRun run(PipelinePorts ports, long steps) {
        return new RolloutRun(SETTINGS, steps, Groups::prompt, ports, ledger, System::nanoTime);
    }
}
