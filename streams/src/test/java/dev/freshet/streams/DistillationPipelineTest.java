package dev.freshet.streams;

import static dev.freshet.streams.TestSystem.await;
import static dev.freshet.streams.TestSystem.awaitUntil;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.Done;
import dev.freshet.model.learning.StepReport;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.streams.PipelineEvent.GroupsReturned;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class DistillationPipelineTest {
    @RegisterExtension
    static final TestSystem SYSTEM = TestSystem.create();

    private final RecordedEvents events = new RecordedEvents();
    private final GroupLedger ledger = GroupLedger.begin(events);
    private final List<Long> rounds = new CopyOnWriteArrayList<>();

    @Test
    void roundsAreLearntFromInOrderAndAccountedFor() throws Exception {
        await(run(3, this::learntAtOnce).completion());
        assertThat(rounds).containsExactly(0L, 1L, 2L);
        assertThat(events.steps())
                .extracting(step -> step.report().version().number())
                .containsExactly(1L, 2L, 3L);
        GroupCounts counts = ledger.snapshot();
        assertThat(counts.trained()).isEqualTo(3);
        assertThat(counts.inFlight()).isZero();
        assertThat(counts.admitted()).isEqualTo(counts.trained() + counts.returned());
        assertThat(ledger.cursor()).isEqualTo(3);
    }

    @Test
    void aPauseWaitsForTheRunningRoundAndBeginsNoOther() throws Exception {
        CompletableFuture<StepReport> first = new CompletableFuture<>();
        RunningPipeline running = run(2, round -> {
            rounds.add(round);
            return round == 0 ? first : CompletableFuture.completedFuture(report(round));
        });
        awaitUntil(() -> rounds.size() == 1, "the first round is learnt from");
        CompletionStage<Done> paused = running.control().pause();
        assertThat(paused).isNotDone();
        first.complete(report(0));
        await(paused);
        assertThat(rounds).containsExactly(0L);
        running.control().resume();
        await(running.completion());
        assertThat(rounds).containsExactly(0L, 1L);
    }

    @Test
    void aStopHandsBackTheRoundThatHasNotBegun() throws Exception {
        CompletableFuture<StepReport> first = new CompletableFuture<>();
        RunningPipeline running = run(100, round -> {
            rounds.add(round);
            return first;
        });
        awaitUntil(() -> rounds.size() == 1 && ledger.snapshot().admitted() == 2, "the next round is admitted");
        running.control().abort();
        first.complete(report(0));
        await(running.completion());
        assertThat(rounds).containsExactly(0L);
        assertThat(events.returns()).extracting(GroupsReturned::groups).containsExactly(1L);
        assertThat(ledger.cursor()).isEqualTo(1);
    }

    @Test
    void aRoundThatFailsFailsTheRun() throws Exception {
        RunningPipeline running =
                run(3, round -> CompletableFuture.failedFuture(new IllegalStateException("no teacher")));
        assertThatThrownBy(() -> await(running.completion())).rootCause().hasMessage("no teacher");
    }

    @Test
    void goesOnWithTheNextRoundAfterAPipelineThatEnded() throws Exception {
        RunningPipeline ended = run(2, this::learntAtOnce);
        await(ended.completion());
        RunningPipeline next = DistillationPipeline.after(
                        ended.control(),
                        new DistillationRun(1, this::learntAtOnce, ledger, System::nanoTime),
                        Beginning.PAUSED)
                .run(SYSTEM.actorSystem());
        assertThat(rounds).containsExactly(0L, 1L);
        next.control().resume();
        await(next.completion());
        assertThat(rounds).containsExactly(0L, 1L, 2L);
    }

    private RunningPipeline run(long steps, DistillationPorts ports) {
        return DistillationPipeline.of(new DistillationRun(steps, ports, ledger, System::nanoTime))
                .run(SYSTEM.actorSystem());
    }

    private CompletionStage<StepReport> learntAtOnce(long round) {
        rounds.add(round);
        return CompletableFuture.completedFuture(report(round));
    }

    private static StepReport report(long round) {
        double unknown = Double.NaN;
        return new StepReport(
                new PolicyVersion(round + 1),
                "f-distill",
                "js",
                1,
                round,
                round,
                1,
                256,
                0,
                unknown,
                unknown,
                0.5,
                unknown,
                0.1,
                unknown,
                unknown,
                unknown,
                unknown,
                unknown,
                unknown,
                0.2,
                1e-3,
                0,
                0,
                0,
                0.01,
                0,
                0,
                Map.of("ratio", 1.0));
    }
}
