package dev.freshet.streams;

import static dev.freshet.streams.TestSystem.await;
import static dev.freshet.streams.TestSystem.awaitUntil;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.Done;
import dev.freshet.model.dataset.AdmittedExample;
import dev.freshet.model.dataset.DatasetBatch;
import dev.freshet.model.dataset.ExampleKind;
import dev.freshet.model.dataset.ExampleSequence;
import dev.freshet.model.dataset.ScoredExample;
import dev.freshet.model.dataset.TokenisedExample;
import dev.freshet.model.learning.StepReport;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.rollout.Tokens;
import dev.freshet.streams.PipelineEvent.GroupDropped;
import dev.freshet.streams.PipelineEvent.GroupsReturned;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongPredicate;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class DatasetPipelineTest {
    private static final DatasetPipelineSettings SETTINGS = new DatasetPipelineSettings(4, 8, 8, 2, BadLines.DROP);
    private static final long SIZE = 10;

    @RegisterExtension
    static final TestSystem SYSTEM = TestSystem.fuzzing();

    private final RecordedEvents events = new RecordedEvents();
    private final GroupLedger ledger = GroupLedger.begin(events);

    @Test
    void learnsFromTheExamplesInTheirOrderAndTakesAsManyStepsAsAreLeft() throws Exception {
        Ports ports = new Ports();
        await(run(SETTINGS, ports, 7).completion());
        assertThat(ports.learnt).containsExactlyElementsOf(numbers(0, 28));
        assertThat(ledger.cursor()).isEqualTo(28);
        assertThat(ledger.snapshot().inFlight()).isZero();
        assertThat(events.steps()).hasSize(7);
    }

    @Test
    void aPipelineThatFollowsGoesOnAtTheCursor() throws Exception {
        Ports ports = new Ports();
        await(run(SETTINGS, ports, 3).completion());
        await(run(SETTINGS, ports, 2).completion());
        assertThat(ports.learnt).containsExactlyElementsOf(numbers(0, 20));
    }

    @Test
    void aLineThatCannotBeUsedIsNamedAndCountedAndItsPlaceIsTakenByTheNext() throws Exception {
        Ports ports = new Ports();
        ports.bad = sequence -> sequence == 2 || sequence == 5;
        await(run(SETTINGS, ports, 2).completion());
        assertThat(ports.learnt).containsExactly(0L, 1L, 3L, 4L, 6L, 7L, 8L, 9L);
        assertThat(events.drops().subList(0, 2))
                .containsExactly(
                        new GroupDropped(2, DropReason.MALFORMED, "data:2: not JSON"),
                        new GroupDropped(5, DropReason.MALFORMED, "data:5: not JSON"));
        assertThat(ledger.snapshot().dropped())
                .containsEntry(DropReason.MALFORMED, (long) events.drops().size());
    }

    @Test
    void aRunMayStopAtTheFirstSuchLine() {
        Ports ports = new Ports();
        ports.bad = sequence -> sequence == 5;
        RunningPipeline running = run(new DatasetPipelineSettings(4, 8, 8, 2, BadLines.STOP), ports, 1_000);
        assertThatThrownBy(() -> await(running.completion()))
                .hasRootCauseMessage(
                        "data:5: not JSON; mend or remove the line, or set freshet.dataset.bad-lines = drop");
        assertThat(ledger.snapshot().inFlight()).isZero();
    }

    @Test
    void aDatasetOfWhichNoLineCanBeUsedFailsTheRun() {
        Ports ports = new Ports();
        ports.bad = sequence -> true;
        RunningPipeline running = run(SETTINGS, ports, 1);
        assertThatThrownBy(() -> await(running.completion()))
                .rootCause()
                .hasMessageStartingWith("none of the dataset's 10 lines can be used, the last of them because: data:");
    }

    @Test
    void wholeBatchesAreReadyWhileAStepRuns() throws Exception {
        Ports ports = new Ports();
        ports.hold = new CompletableFuture<>();
        RunningPipeline running = run(SETTINGS, ports, 3);
        // The step's own batch, two that wait, a fourth that is being filled and what the stages before it hold.
        awaitUntil(() -> ports.read.get() >= 16, "three batches more are read while the first is learnt from");
        assertThat(ports.begun).hasSize(1);
        ports.hold.complete(Done.getInstance());
        await(running.completion());
        assertThat(ports.learnt).containsExactlyElementsOf(numbers(0, 12));
    }

    @Test
    void pauseHoldsStepsAndDrainHandsBackWhatMakesNoBatch() throws Exception {
        Ports ports = new Ports();
        ports.hold = new CompletableFuture<>();
        RunningPipeline running = run(SETTINGS, ports, 1_000);
        awaitUntil(() -> ports.begun.size() == 1, "a step runs");
        CompletionStage<Done> paused = running.control().pause();
        assertThat(paused).isNotDone();
        ports.hold.complete(Done.getInstance());
        await(paused);
        assertThat(ports.begun).hasSize(1);
        running.control().drain();
        await(running.completion());
        GroupCounts counts = ledger.snapshot();
        assertThat(counts.inFlight()).isZero();
        assertThat(counts.trained() % 4).isZero();
        assertThat(counts.returned()).isLessThan(4);
        assertThat(counts)
                .isEqualTo(new GroupCounts(counts.admitted(), counts.trained(), Map.of(), counts.returned(), 0));
        assertThat(ports.learnt).containsExactlyElementsOf(numbers(0, counts.trained()));
        if (counts.returned() > 0) {
            assertThat(events.returns()).containsExactly(new GroupsReturned(counts.returned(), "the run was drained"));
        }
    }

    @Test
    void theLearnersWaitForInputIsMeasured() throws Exception {
        Ports ports = new Ports();
        RunningPipeline running = run(SETTINGS, ports, 2);
        await(running.completion());
        StageSnapshot learn = running.control().stages().stream()
                .filter(stage -> stage.stage() == StageName.LEARN)
                .findFirst()
                .orElseThrow();
        assertThat(learn.completed()).isEqualTo(2);
        assertThat(learn.waitSeconds()).containsKey(WaitReason.INPUT);
        assertThat(running.control().stages())
                .extracting(StageSnapshot::stage)
                .containsExactly(
                        StageName.EXAMPLES,
                        StageName.READ,
                        StageName.SCORE_REFERENCE,
                        StageName.LEARN,
                        StageName.PUSH_WEIGHTS);
    }

    private RunningPipeline run(DatasetPipelineSettings settings, Ports ports, long steps) {
        DatasetRun run = new DatasetRun(
                settings,
                steps,
                sequence -> new AdmittedExample(sequence, sequence / SIZE, sequence % SIZE),
                SIZE,
                ports,
                ledger,
                System::nanoTime);
        return DatasetPipeline.of(run).run(SYSTEM.actorSystem());
    }

    private static List<Long> numbers(long from, long end) {
        return LongStream.range(from, end).boxed().toList();
    }

    /** Reads on other threads, and learns at once unless it is held. */
    private static final class Ports implements DatasetPorts {
        private final AtomicLong version = new AtomicLong();
        private final AtomicLong read = new AtomicLong();
        private final List<Long> learnt = new CopyOnWriteArrayList<>();
        private final List<DatasetBatch> begun = new CopyOnWriteArrayList<>();
        private volatile LongPredicate bad = sequence -> false;
        private volatile CompletableFuture<Done> hold = CompletableFuture.completedFuture(Done.getInstance());

        @Override
        public CompletionStage<Outcome<TokenisedExample>> read(AdmittedExample example) {
            return CompletableFuture.supplyAsync(() -> outcome(example), ForkJoinPool.commonPool());
        }

        private Outcome<TokenisedExample> outcome(AdmittedExample example) {
            read.incrementAndGet();
            if (bad.test(example.sequence())) {
                return new Outcome.Dropped<>(
                        example.sequence(), DropReason.MALFORMED, "data:" + example.sequence() + ": not JSON");
            }
            return new Outcome.Passed<>(new TokenisedExample(
                    example, ExampleKind.DEMONSTRATION, List.of(new ExampleSequence(Tokens.of(1), Tokens.of(2)))));
        }

        @Override
        public CompletionStage<Outcome<ScoredExample>> scoreReference(TokenisedExample example) {
            return CompletableFuture.completedFuture(new Outcome.Passed<>(ScoredExample.withoutReference(example)));
        }

        @Override
        public CompletionStage<StepReport> learn(DatasetBatch batch) {
            begun.add(batch);
            return hold.thenApply(done -> {
                batch.examples().forEach(example -> learnt.add(example.sequence()));
                return report(batch);
            });
        }

        private StepReport report(DatasetBatch batch) {
            int examples = batch.examples().size();
            double unknown = Double.NaN;
            return new StepReport(
                    new PolicyVersion(version.incrementAndGet()),
                    "sft",
                    "none",
                    0,
                    batch.firstSequence(),
                    batch.lastSequence(),
                    examples,
                    examples,
                    batch.completionTokens(),
                    unknown,
                    unknown,
                    1,
                    1,
                    unknown,
                    unknown,
                    unknown,
                    unknown,
                    unknown,
                    unknown,
                    unknown,
                    1,
                    1e-3,
                    0,
                    0,
                    0,
                    0.01,
                    0,
                    0,
                    Map.of("log_prob", -1.0));
        }

        @Override
        public CompletionStage<Done> pushWeights(PolicyVersion version) {
            return CompletableFuture.completedFuture(Done.getInstance());
        }
    }
}
