package dev.freshet.ops.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.model.learning.ReferenceDistance;
import dev.freshet.model.learning.SampledReferenceDistance;
import dev.freshet.model.learning.WarmUp;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.safetensors.TensorData;
import dev.freshet.model.task.Task;
import dev.freshet.model.weights.WeightRegistry;
import dev.freshet.ops.Samples;
import dev.freshet.ops.training.EvaluationScope.OpenedReference;
import dev.freshet.streams.Asker;
import dev.freshet.streams.EvaluationMeasures;
import dev.freshet.streams.MissedEvaluation;
import dev.freshet.streams.PipelineEvent;
import dev.freshet.streams.PipelineEvent.EvaluationCompleted;
import dev.freshet.streams.PipelineEvent.EvaluationMissed;
import dev.freshet.streams.PipelineEvent.StepTrained;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Measuring a real, small policy at an interval, beside whoever publishes its versions. */
class ScheduledEvaluationsTest {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final int TOTAL_STEPS = 20;

    private static final RunConfiguration CONFIGURATION = WrittenRun.configuration(
            "freshet.task.name=countdown",
            "freshet.deterministic=true",
            "freshet.warm-up.steps=1",
            "freshet.warm-up.threads=1",
            "freshet.evaluation.prompts=4",
            "freshet.evaluation.samples=8",
            "freshet.evaluation.interval=5",
            "freshet.evaluation.suites=[addition]");

    private static List<TensorData> weights;

    private final BlockingQueue<PipelineEvent> events = new LinkedBlockingQueue<>();
    private final WeightRegistry registry = new WeightRegistry(
            CONFIGURATION.decoder(), CONFIGURATION.generation().device());

    @BeforeAll
    static void warmUp() throws Exception {
        weights = WarmUp.run(
                CONFIGURATION.decoder(),
                CONFIGURATION.warmUp(),
                TrainingRequirements.demonstrations(CONFIGURATION),
                (step, steps, loss, tokens) -> {});
    }

    /** Refuses while a version is leased. */
    @AfterEach
    void free() {
        registry.close();
    }

    @Test
    void everySuiteIsMeasuredOnTheVersionOfTheStepThatWasDue() throws Exception {
        try (Evaluations evaluations = evaluations(CONFIGURATION.task())) {
            evaluations.trained(4, 5, 6, 7);

            EvaluationCompleted heldOut = next(EvaluationCompleted.class);
            EvaluationCompleted addition = next(EvaluationCompleted.class);
            assertThat(List.of(heldOut, addition)).allSatisfy(measured -> {
                assertThat(measured.version()).isEqualTo(new PolicyVersion(5));
                assertThat(measured.askedBy()).isEqualTo(Asker.INTERVAL);
                assertThat(measured.passAtK()).containsOnlyKeys(1, 2, 4, 8);
            });
            assertThat(heldOut.suite()).isEqualTo("held_out");
            assertThat(addition.suite()).isEqualTo("addition");
            EvaluationMeasures measures = heldOut.measures();
            assertThat(measures.entropy()).isPositive();
            assertThat(measures.selfBleu()).isBetween(0.0, 1.0);
            assertThat(measures.distinctNgrams()).containsKeys(1, 2);
            // The reference has the same weights, and its scores are sums in another order.
            assertThat(measures.divergences())
                    .containsKeys("js", "reverse-kl")
                    .allSatisfy((spec, value) -> assertThat(value).as(spec).isBetween(-1e-4, 1e-4));
        }
    }

    @Test
    void aVersionIsMeasuredAlikeWheneverItIs() throws Exception {
        try (Evaluations evaluations = evaluations(CONFIGURATION.task())) {
            evaluations.trained(5);
            EvaluationCompleted first = next(EvaluationCompleted.class);
            var unused = next(EvaluationCompleted.class);
            evaluations.scheduled().awaitEnd();
            evaluations.trained(10);
            EvaluationCompleted second = next(EvaluationCompleted.class);
            assertThat(second.version()).isEqualTo(new PolicyVersion(10));
            assertThat(second.measures()).isEqualTo(first.measures());
            assertThat(second.passAtK()).isEqualTo(first.passAtK());
        }
    }

    @Test
    void aStepThatIsDueDuringAnEvaluationIsPassedOverAndSaysSo() throws Exception {
        CountDownLatch verifying = new CountDownLatch(1);
        try (Evaluations evaluations = evaluations(new StuckTask(CONFIGURATION.task(), verifying))) {
            evaluations.trained(5);
            assertThat(verifying.await(DEADLINE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            evaluations.trained(10);

            EvaluationMissed missed = next(EvaluationMissed.class);
            assertThat(missed.suite()).isEqualTo("held_out");
            assertThat(missed.version()).isEqualTo(new PolicyVersion(10));
            assertThat(missed.how()).isEqualTo(MissedEvaluation.SKIPPED);
            assertThat(missed.why())
                    .isEqualTo(
                            "the evaluation of v5 is still under way: raise freshet.evaluation.interval, or measure fewer"
                                    + " prompts or samples");
        }
    }

    @Test
    void whatIsUnderWayIsGivenUpWhenTheRunIsToldToEndAndNothingMoreBegins() throws Exception {
        CountDownLatch verifying = new CountDownLatch(1);
        try (Evaluations evaluations = evaluations(new StuckTask(CONFIGURATION.task(), verifying))) {
            evaluations.trained(5);
            assertThat(verifying.await(DEADLINE.toSeconds(), TimeUnit.SECONDS)).isTrue();

            evaluations.scheduled().giveUp();

            assertThat(next(EvaluationMissed.class))
                    .isEqualTo(new EvaluationMissed(
                            "held_out", new PolicyVersion(5), MissedEvaluation.FAILED, "the run was told to end"));
            evaluations.scheduled().awaitEnd();
            evaluations.trained(10);
            assertThat(next(EvaluationMissed.class))
                    .isEqualTo(new EvaluationMissed(
                            "held_out", new PolicyVersion(10), MissedEvaluation.SKIPPED, "the run was told to end"));
        }
    }

    @Test
    void neitherStepsBetweenNorTheLastAreDue() throws Exception {
        try (Evaluations evaluations = evaluations(CONFIGURATION.task())) {
            evaluations.trained(3, TOTAL_STEPS);
            evaluations.scheduled().awaitEnd();
        }
        assertThat(events).isEmpty();
    }

    private Evaluations evaluations(Task task) {
        OpenedReference reference = () -> SampledReferenceDistance.start(
                CONFIGURATION.decoder(),
                CONFIGURATION.scorer(),
                CONFIGURATION.monitors(),
                CONFIGURATION.objective().regularisation(),
                weights);
        EvaluationScope scope = new EvaluationScope(
                CONFIGURATION,
                CONFIGURATION::actors,
                task.equals(CONFIGURATION.task()) ? reference : () -> ReferenceDistance.NONE,
                FirstScores.unknown(),
                event -> {});
        List<HeldOutEvaluation> all = task.suites().stream()
                .map(suite -> new HeldOutEvaluation(scope, suite, task, CONFIGURATION.evaluation()))
                .toList();
        List<String> ofTheRun =
                task.equals(CONFIGURATION.task()) ? CONFIGURATION.evaluation().suites() : List.of(Task.HELD_OUT);
        EvaluationSuites suites = new EvaluationSuites(all, ofTheRun);
        PolicyEvaluator evaluator = new PolicyEvaluator(suites, registry, events::add);
        return new Evaluations(
                registry,
                evaluator,
                new ScheduledEvaluations(
                        CONFIGURATION.evaluation(), TOTAL_STEPS, suites, evaluator, registry, events::add));
    }

    private <E extends PipelineEvent> E next(Class<E> kind) throws InterruptedException {
        PipelineEvent event = events.poll(DEADLINE.toSeconds(), TimeUnit.SECONDS);
        if (event == null) {
            throw new AssertionError("no event within " + DEADLINE);
        }
        assertThat(event).isInstanceOf(kind);
        return kind.cast(event);
    }

    /** Closed as a run closes them. */
    private record Evaluations(WeightRegistry registry, PolicyEvaluator evaluator, ScheduledEvaluations scheduled)
            implements AutoCloseable {
        /** Publishes versions, and tells of the step of each before the next is published. */
        void trained(long... versions) {
            for (long version : versions) {
                registry.publish(new PolicyVersion(version), weights);
                scheduled.accept(new StepTrained(Samples.step(version), Samples.COUNTS, 1, 1, 1));
            }
        }

        @Override
        public void close() {
            scheduled.close();
            evaluator.close();
        }
    }
}
