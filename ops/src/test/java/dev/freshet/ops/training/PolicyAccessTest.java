package dev.freshet.ops.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.actors.RefusedException;
import dev.freshet.actors.RefusedException.Kind;
import dev.freshet.model.engine.ArrayKind;
import dev.freshet.model.engine.OpenArrays;
import dev.freshet.model.learning.WarmUp;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.safetensors.TensorData;
import dev.freshet.model.weights.WeightRegistry;
import dev.freshet.ops.control.PolicySample;
import dev.freshet.streams.PipelineEvent;
import dev.freshet.streams.PipelineEvent.EvaluationCompleted;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sampling and measuring a real, small policy beside whoever publishes its versions. */
class PolicyAccessTest {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final OptionalDouble IN_FORCE = OptionalDouble.empty();

    private static final RunConfiguration CONFIGURATION = configuration();
    private static List<TensorData> weights;

    private final List<PipelineEvent> events = new CopyOnWriteArrayList<>();
    private final WeightRegistry registry = new WeightRegistry(
            CONFIGURATION.decoder(), CONFIGURATION.generation().device());
    private final ObservedRun view = new ObservedRun(new StartingRun("run", CONFIGURATION), command -> result -> {});

    @BeforeAll
    static void warmUp() throws Exception {
        weights = WarmUp.run(
                CONFIGURATION.decoder(),
                CONFIGURATION.warmUp(),
                TrainingRequirements.demonstrations(CONFIGURATION),
                (step, steps, loss, tokens) -> {});
    }

    @AfterEach
    void free() {
        registry.close();
    }

    @Test
    void completionsAreOfTheNewestVersionAndAllOfOne() throws Exception {
        registry.publish(new PolicyVersion(3), weights);
        try (PolicyAccess access = access()) {
            view.shows(access);
            PolicySample first = sample("12+34=", 5, IN_FORCE);
            assertThat(first.version()).isEqualTo(new PolicyVersion(3));
            assertThat(first.completions()).hasSize(5).allSatisfy(completion -> {
                assertThat(completion.text()).isNotEmpty();
                assertThat(completion.tokens()).isBetween(1, 4);
                assertThat(completion.logProb()).isNegative();
            });
            registry.publish(new PolicyVersion(4), weights);
            assertThat(sample("12+34=", 1, IN_FORCE).version()).isEqualTo(new PolicyVersion(4));
        }
    }

    @Test
    void temperatureZeroTakesTheMostLikelyTokenEachTime() throws Exception {
        registry.publish(new PolicyVersion(1), weights);
        try (PolicyAccess access = access()) {
            view.shows(access);
            assertThat(sample("12+34=", 4, OptionalDouble.of(0)).completions())
                    .extracting(PolicySample.Completion::text)
                    .hasSize(4)
                    .containsOnly(sample("12+34=", 1, OptionalDouble.of(0))
                            .completions()
                            .get(0)
                            .text());
            assertThat(Set.copyOf(sample("12+34=", 5, OptionalDouble.of(100)).completions()))
                    .as("nearly uniform")
                    .hasSizeGreaterThan(2);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "12+34= | 0  | 1    | n must be 1 to 5, was 0 (freshet.sample.max-completions)",
                "12+34= | 6  | 1    | n must be 1 to 5, was 6 (freshet.sample.max-completions)",
                "12+34= | 1  | NaN  | temperature must be 0, for the most likely token, or at least 1.0E-6, and finite, was NaN: leave it out for the one in force",
                "12+34= | 1  | 1e-7 | temperature must be 0, for the most likely token, or at least 1.0E-6, and finite, was 1.0E-7:"
                        + " leave it out for the one in force",
                "12+34= | 1  | -1   | temperature must be 0, for the most likely token, or at least 1.0E-6, and finite, was -1.0: leave it out for the one in force",
                "12+34= | 1  | Infinity | temperature must be 0, for the most likely token, or at least 1.0E-6, and finite, was Infinity: leave it out for the one in force",
                "''     | 1  | 1    | the prompt must be text that the policy has tokens for: a prompt must have at least one token",
                "hello  | 1  | 1    | the prompt must be text that the policy has tokens for: ",
                "1111111111111111111111111111111111111111 | 1 | 1 | a prompt of 40 tokens and max-completion-length",
            })
    void whatCannotBeSampledIsRefused(String prompt, long completions, double temperature, String message) {
        registry.publish(new PolicyVersion(1), weights);
        try (PolicyAccess access = access()) {
            view.shows(access);
            assertThatThrownBy(() -> sample(prompt, completions, OptionalDouble.of(temperature)))
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOfSatisfying(
                            RefusedException.class,
                            refusal -> assertThat(refusal.kind()).isEqualTo(Kind.INVALID_ARGUMENT))
                    .hasMessageStartingWith(message);
        }
    }

    @Test
    void beforeAndAfterThereAreWeightsItSaysSo() {
        assertThatThrownBy(() -> sample("1+1=", 1, IN_FORCE))
                .cause()
                .hasMessage("the run is still starting and has no weights yet; try again when its status says running");
        registry.publish(new PolicyVersion(1), weights);
        PolicyAccess access = access();
        view.shows(access);
        access.close();
        assertThatThrownBy(() -> sample("1+1=", 1, IN_FORCE))
                .cause()
                .hasMessage(
                        "the run has ended, and its weights are gone; freshet generate and freshet eval use its checkpoints");
        assertThat(view.evaluate("")).isCompletedExceptionally();
    }

    @Test
    void samplingThatDoesNotEndInTimeIsGivenUpAndTheNextIsNot() throws Exception {
        registry.publish(new PolicyVersion(1), weights);
        RunConfiguration hasty = configuration("freshet.control.call-timeout=1 ns");
        try (PolicySampler sampler = new PolicySampler(hasty, registry, () -> 1)) {
            for (int i = 0; i < 2; i++) {
                assertThat(sampler.sample(new PolicySample.Order("12+34=", 5, IN_FORCE)))
                        .failsWithin(DEADLINE)
                        .withThrowableOfType(ExecutionException.class)
                        .withMessageContaining("sampling must end within 0 ms, did not, and was given up");
            }
        }
    }

    @Test
    void anIdleEngineIsClosedAndGivesItsVersionBack() throws Exception {
        int before = OpenArrays.count().getOrDefault(ArrayKind.SAMPLING, 0);
        registry.publish(new PolicyVersion(1), weights);
        try (PolicyAccess access = access()) {
            view.shows(access);
            var unused = sample("1+1=", 1, IN_FORCE);
            long deadline = System.nanoTime() + DEADLINE.toNanos();
            while (OpenArrays.count().getOrDefault(ArrayKind.SAMPLING, 0) > before) {
                assertThat(System.nanoTime()).isLessThan(deadline);
                Thread.onSpinWait();
            }
            assertThat(sample("1+1=", 1, IN_FORCE).completions()).hasSize(1);
        }
    }

    @Test
    void anEvaluationIsAnEventLikeTheRunsOwn() throws Exception {
        registry.publish(new PolicyVersion(2), weights);
        try (PolicyAccess access = access()) {
            view.shows(access);
            EvaluationCompleted measured = view.evaluate("held_out").get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
            assertThat(measured.version()).isEqualTo(new PolicyVersion(2));
            assertThat(measured.suite()).isEqualTo("held_out");
            assertThat(measured.prompts()).isEqualTo(8);
            assertThat(measured.passAtK()).containsOnlyKeys(1, 2, 4, 8);
            assertThat(events).containsExactly(measured);
        }
    }

    @Test
    void oneEvaluationRunsAtATimeAndOneGivenUpMakesRoomForTheNext() throws Exception {
        registry.publish(new PolicyVersion(2), weights);
        try (PolicyAccess access = access()) {
            view.shows(access);
            CompletableFuture<EvaluationCompleted> first = view.evaluate("");
            assertThatThrownBy(() -> view.evaluate("").join())
                    .isInstanceOf(CompletionException.class)
                    .cause()
                    .hasMessage("an evaluation is under way, and one runs at a time; try again after it");
            first.cancel(true);
            long deadline = System.nanoTime() + DEADLINE.toNanos();
            CompletableFuture<EvaluationCompleted> next = view.evaluate("");
            while (next.isCompletedExceptionally()) {
                assertThat(System.nanoTime()).isLessThan(deadline);
                next = view.evaluate("");
            }
            assertThat(next).succeedsWithin(DEADLINE);
            assertThat(events).hasSize(1);
        }
    }

    @Test
    void anEvaluationUnderWayIsGivenUpWhenTheRunEnds() {
        registry.publish(new PolicyVersion(2), weights);
        PolicyAccess access = access();
        view.shows(access);
        CompletableFuture<EvaluationCompleted> pending = view.evaluate("");
        access.close();
        assertThat(pending)
                .failsWithin(DEADLINE)
                .withThrowableOfType(ExecutionException.class)
                .withMessageContaining("the run ended before the evaluation did, which was given up");
        assertThat(events).isEmpty();
    }

    @Test
    void anotherSuiteIsRefused() {
        registry.publish(new PolicyVersion(2), weights);
        try (PolicyAccess access = access()) {
            view.shows(access);
            assertThatThrownBy(() -> view.evaluate("training").join())
                    .cause()
                    .isInstanceOfSatisfying(
                            RefusedException.class,
                            refusal -> assertThat(refusal.kind()).isEqualTo(Kind.NOT_FOUND))
                    .hasMessage("there is no suite \"training\"; the task has held_out");
        }
    }

    private PolicyAccess access() {
        return PolicyAccess.to(
                registry,
                CONFIGURATION,
                EvaluationSuites.of(EvaluationScope.of(CONFIGURATION)),
                CONFIGURATION.generation().sampling()::temperature,
                events::add);
    }

    private PolicySample sample(String prompt, long completions, OptionalDouble temperature) throws Exception {
        return view.sample(new PolicySample.Order(prompt, completions, temperature))
                .toCompletableFuture()
                .get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
    }

    private static RunConfiguration configuration(String... changed) {
        List<String> all = new ArrayList<>(List.of(
                "freshet.warm-up.steps=2",
                "freshet.warm-up.threads=1",
                "freshet.evaluation.prompts=8",
                "freshet.evaluation.samples=8",
                "freshet.sample.max-completions=5",
                "freshet.sample.idle-timeout=200 ms"));
        all.addAll(List.of(changed));
        return WrittenRun.configuration(all.toArray(String[]::new));
    }
}
