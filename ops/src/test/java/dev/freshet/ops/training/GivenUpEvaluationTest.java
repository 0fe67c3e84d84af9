package dev.freshet.ops.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.model.learning.ReferenceDistance;
import dev.freshet.model.learning.WarmUp;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.safetensors.TensorData;
import dev.freshet.model.task.Task;
import dev.freshet.model.weights.WeightRegistry;
import dev.freshet.ops.control.ControlClient;
import dev.freshet.ops.control.ControlException;
import dev.freshet.ops.control.ControlServer;
import dev.freshet.ops.control.PolicyClient;
import dev.freshet.ops.control.PolicySample;
import dev.freshet.ops.control.TestServer;
import dev.freshet.streams.AnswerVerified;
import dev.freshet.streams.Asker;
import dev.freshet.streams.PipelineEvent;
import dev.freshet.streams.PipelineEvent.AnswersVerified;
import dev.freshet.streams.PipelineEvent.EvaluationCompleted;
import io.grpc.Status;
import io.grpc.Status.Code;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What callers of a run are told when it ends before it has answered them, and what that leaves behind. */
class GivenUpEvaluationTest {
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private static final RunConfiguration CONFIGURATION = configuration();

    private static List<TensorData> weights;

    private final List<PipelineEvent> events = new CopyOnWriteArrayList<>();
    private final WeightRegistry registry = new WeightRegistry(
            CONFIGURATION.decoder(), CONFIGURATION.generation().device());
    private final StartingRun control = new StartingRun("run", CONFIGURATION);
    private final ObservedRun view = new ObservedRun(control, command -> result -> {});

    @BeforeAll
    static void warmUp() throws Exception {
        weights = WarmUp.run(
                CONFIGURATION.decoder(),
                CONFIGURATION.warmUp(),
                TrainingRequirements.demonstrations(CONFIGURATION),
                (step, steps, loss, tokens) -> {});
    }

    @BeforeEach
    void publish() {
        registry.publish(new PolicyVersion(2), weights);
    }

    @AfterEach
    void free() {
        registry.close();
    }

    @Test
    void anInterruptBeforeAkkaHasBegunIsAnInterruptAndLeavesNoThread() throws Exception {
        HeldOutEvaluation evaluation = evaluation(CONFIGURATION, CONFIGURATION.task());
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> evaluation.measure(registry, Asker.RUN)).isInstanceOf(InterruptedException.class);

        await(() -> threadsOf("evaluation").isEmpty());
    }

    @Test
    void theCallerIsToldWhyAndWhatToDo() throws Exception {
        CountDownLatch verifying = new CountDownLatch(1);
        HeldOutEvaluation evaluation = evaluation(CONFIGURATION, new StuckTask(CONFIGURATION.task(), verifying));
        try (ControlServer server = TestServer.start(control, List.of(), view);
                ControlClient client = new ControlClient(TestServer.endpoint(server))) {
            PolicyAccess access = access(evaluation);
            view.shows(access);
            CompletableFuture<?> call = CompletableFuture.supplyAsync(() -> new PolicyClient(client).evaluate(""));
            assertThat(verifying.await(DEADLINE.toSeconds(), TimeUnit.SECONDS)).isTrue();

            access.close();

            assertThat(call)
                    .failsWithin(DEADLINE)
                    .withThrowableOfType(ExecutionException.class)
                    .havingCause()
                    .isInstanceOf(ControlException.class)
                    .withMessage(
                            "the run ended before the evaluation did, which was given up; freshet eval measures its checkpoints")
                    .satisfies(refusal ->
                            assertThat(Status.fromThrowable(refusal).getCode()).isEqualTo(Code.FAILED_PRECONDITION));
            assertThatThrownBy(() -> new PolicyClient(client).evaluate(""))
                    .hasMessage(
                            "the run has ended, and its weights are gone; freshet generate and freshet eval use its checkpoints");
        }
        assertThat(events).filteredOn(PipelineEvent::belongsInJournal).isEmpty();
        await(() -> threadsOf("evaluat").isEmpty());
    }

    @Test
    void anEvaluationThatDoesNotEndInItsTimeIsGivenUp() throws Exception {
        RunConfiguration hasty = configuration("freshet.evaluation.timeout=1 ms");
        HeldOutEvaluation evaluation = evaluation(hasty, new StuckTask(hasty.task(), new CountDownLatch(1)));

        assertThatThrownBy(() -> evaluation.measure(registry, Asker.RUN))
                .isInstanceOf(TimeoutException.class)
                .hasMessageStartingWith(
                        "an evaluation must end within PT0.001S, did not, and was given up: raise freshet.evaluation.timeout");

        await(() -> threadsOf("evaluation").isEmpty());
    }

    @Test
    void answersThatAreNotVerifiedInTimeAreCountedAndNotCorrect() throws Exception {
        RunConfiguration hasty = configuration("freshet.actors.verify-deadline=100 ms");
        HeldOutEvaluation evaluation = evaluation(hasty, new StuckTask(hasty.task(), new CountDownLatch(1)));

        EvaluationCompleted measured = evaluation.measure(registry, Asker.RUN);

        assertThat(measured.measures().unverified()).containsExactly(Map.entry("overdue", 2 * 8));
        assertThat(measured.passAtK()).containsEntry(1, 0.0);
        assertThat(measured.meanReward()).isNaN();
        assertThat(events)
                .filteredOn(AnswersVerified.class::isInstance)
                .hasSize(2)
                .allSatisfy(event -> assertThat(((AnswersVerified) event).answers())
                        .hasSize(8)
                        .allMatch(answer -> answer.result() == AnswerVerified.Result.OVERDUE));
    }

    @Test
    void nobodyWaitsOnForASampleThatWasNotBegun() {
        PolicyAccess access = access(evaluation(CONFIGURATION, CONFIGURATION.task()));
        view.shows(access);
        List<CompletableFuture<PolicySample>> samples = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            samples.add(view.sample(new PolicySample.Order("12+34=", 1, OptionalDouble.empty())));
        }

        access.close();

        assertThat(samples).allMatch(CompletableFuture::isDone);
        assertThat(samples.get(49))
                .failsWithin(DEADLINE)
                .withThrowableOfType(ExecutionException.class)
                .withMessageContaining("the run has ended, and its weights are gone");
    }

    private HeldOutEvaluation evaluation(RunConfiguration configuration, Task task) {
        EvaluationScope scope = new EvaluationScope(
                configuration, configuration::actors, () -> ReferenceDistance.NONE, FirstScores.unknown(), events::add);
        return new HeldOutEvaluation(scope, task.suites().get(0), task, configuration.evaluation());
    }

    private static RunConfiguration configuration(String... changed) {
        List<String> all = new ArrayList<>(List.of(
                "freshet.warm-up.steps=1",
                "freshet.warm-up.threads=1",
                "freshet.evaluation.prompts=2",
                "freshet.evaluation.samples=8"));
        all.addAll(List.of(changed));
        return WrittenRun.configuration(all.toArray(String[]::new));
    }

    private PolicyAccess access(HeldOutEvaluation evaluation) {
        return PolicyAccess.to(
                registry,
                CONFIGURATION,
                new EvaluationSuites(List.of(evaluation), List.of("held_out")),
                CONFIGURATION.generation().sampling()::temperature,
                events::add);
    }

    private static List<String> threadsOf(String part) {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith(part))
                .toList();
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }
}
