package dev.freshet.streams;

import static dev.freshet.streams.TestSystem.await;
import static dev.freshet.streams.TestSystem.awaitUntil;
import static org.assertj.core.api.Assertions.assertThat;

import akka.Done;
import dev.freshet.model.rollout.Prompt;
import dev.freshet.streams.PipelineEvent.StepTrained;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class StalenessBoundTest {
    @RegisterExtension
    static final TestSystem SYSTEM = TestSystem.create();

    @RegisterExtension
    static final TestSystem FUZZING = TestSystem.fuzzing();

    static Stream<PipelineSettings> settings() {
        return Stream.of(
                settings(1, 1, 1, 1),
                settings(2, 1, 1, 3),
                settings(2, 1, 1, 4),
                settings(1, 1, 1, 4),
                settings(3, 1, 1, 4),
                settings(5, 1, 1, 8),
                settings(3, 2, 2, 2),
                settings(3, 4, 2, 5),
                settings(19, 4, 4, 4),
                settings(95, 16, 16, 128),
                settings(96, 16, 16, 128));
    }

    @ParameterizedTest
    @MethodSource("settings")
    void isMetWhenTheLearnerIsTheSlowest(PipelineSettings settings) throws Exception {
        assertThat(mostStaleness(settings)).isEqualTo(settings.stalenessBound());
    }

    @ParameterizedTest
    @MethodSource("settings")
    void isNeverExceededWhateverTheDelays(PipelineSettings settings) throws Exception {
        neverExceeded(SYSTEM, settings, 1);
    }

    @Test
    void isNeverExceededInAnyOrderOfEvents() throws Exception {
        neverExceeded(FUZZING, settings(6, 2, 3, 5), 2);
        neverExceeded(FUZZING, settings(2, 1, 1, 2), 3);
    }

    /** The staleness reached by a learner that ends a step only when no stage can hold any more. */
    private static long mostStaleness(PipelineSettings settings) throws Exception {
        Run run = new Run(settings);
        SlowestLearner learner = new SlowestLearner(run, settings.stalenessBound() + 4);
        await(SYSTEM.run(run.of(learner::admit, learner.ports, learner.steps)).completion());
        assertThat(learner.mostInFlight).isEqualTo(settings.inFlight());
        assertThat(run.ledger.snapshot().dropped()).containsEntry(DropReason.STALE, 0L);
        return run.events.maxStaleness();
    }

    @Test
    void isNeverExceededAcrossPausesStopsAndRestarts() throws Exception {
        Run run = new Run(settings(6, 2, 3, 5));
        try (SimulatedPorts ports = new SimulatedPorts(4, 5)) {
            for (int restart = 1; restart <= 3; restart++) {
                PipelineControl control = startPausingAtEveryStep(run, ports);
                int steps = restart * 8;
                awaitUntil(() -> run.events.steps().size() >= steps, steps + " steps");
                control.abort();
                await(run.ended);
            }
        }
        assertThat(run.events.returns()).hasSize(3);
        assertThat(run.events.maxStaleness()).isLessThanOrEqualTo(run.settings.stalenessBound());
        assertThat(run.ledger.snapshot().dropped()).containsEntry(DropReason.STALE, 0L);
    }

    /** Pauses when a step ends, and resumes when the pause is complete and a little while has passed. */
    private static PipelineControl startPausingAtEveryStep(Run run, PipelinePorts ports) {
        RunningPipeline running = SYSTEM.run(run.of(Groups::prompt, ports, 1_000));
        PipelineControl control = running.control();
        Executor aLittleLater = CompletableFuture.delayedExecutor(3, TimeUnit.MILLISECONDS);
        run.events.onStep(() -> {
            var unused = control.pause().thenRunAsync(control::resume, aLittleLater);
        });
        run.ended = running.completion();
        return control;
    }

    private static void neverExceeded(TestSystem system, PipelineSettings settings, long seed) throws Exception {
        Run run = new Run(settings);
        try (SimulatedPorts ports = new SimulatedPorts(seed, 5)) {
            await(system.run(run.of(Groups::prompt, ports, 25)).completion());
        }
        assertThat(run.events.maxStaleness()).isLessThanOrEqualTo(settings.stalenessBound());
        assertThat(run.events.steps())
                .hasSize(25)
                .allSatisfy(step -> assertThat(step.groups().inFlight()).isLessThanOrEqualTo(settings.inFlight()));
        assertThat(run.ledger.snapshot().dropped()).containsEntry(DropReason.STALE, 0L);
        assertThat(run.events.steps().stream().map(StepTrained::report))
                .extracting(report -> report.version().number())
                .isSorted()
                .doesNotHaveDuplicates();
    }

    private static PipelineSettings settings(int generate, int verify, int score, int batch) {
        PipelineSettings loose =
                new PipelineSettings(generate, verify, score, batch, 100, 0, AdmissionMode.ASYNCHRONOUS);
        return new PipelineSettings(
                generate, verify, score, batch, (int) loose.stalenessBound(), 0, AdmissionMode.ASYNCHRONOUS);
    }

    private static final class Run {
        private final PipelineSettings settings;
        private final RecordedEvents events = new RecordedEvents();
        private final GroupLedger ledger = GroupLedger.begin(events);
        private CompletionStage<Done> ended = CompletableFuture.completedFuture(Done.getInstance());

        private Run(PipelineSettings settings) {
            this.settings = settings;
        }

        private RolloutRun of(LongFunction<Prompt> prompts, PipelinePorts ports, long steps) {
            return new RolloutRun(settings, steps, prompts, ports, ledger, System::nanoTime);
        }
    }

    /** Finishes a step only when no stage can hold any more, so that as many groups as possible grow stale. */
    private static final class SlowestLearner {
        private final Run run;
        private final long steps;
        private final SteeredPorts ports = new SteeredPorts(SteeredPorts::passed, this::finishWhenFull);
        private volatile long mostInFlight;
        private long finished;

        private SlowestLearner(Run run, long steps) {
            this.run = run;
            this.steps = steps;
        }

        private Prompt admit(long sequence) {
            finishWhenFull();
            return Groups.prompt(sequence);
        }

        private void finishWhenFull() {
            long inFlight = run.ledger.snapshot().inFlight();
            mostInFlight = Math.max(mostInFlight, inFlight);
            boolean last = finished == steps - 1;
            if (inFlight == run.settings.inFlight() || last) {
                ports.begunStep().ifPresent(this::finish);
            }
        }

        private void finish(SteeredPorts.Step step) {
            finished++;
            ports.finish(step);
        }
    }
}
