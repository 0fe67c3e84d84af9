package dev.freshet.actors;

import static dev.freshet.actors.TestActors.DEADLINE;
import static dev.freshet.actors.TestActors.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.actors.RefusedException.Kind;
import dev.freshet.actors.RunControl.ChangeMode;
import dev.freshet.actors.RunControl.StopMode;
import dev.freshet.model.checkpoint.TrainingState;
import dev.freshet.model.dataset.AdmittedExample;
import dev.freshet.model.dataset.ExampleKind;
import dev.freshet.model.dataset.ExampleSequence;
import dev.freshet.model.dataset.ScoredExample;
import dev.freshet.model.dataset.TokenisedExample;
import dev.freshet.model.learning.LogProbScorer;
import dev.freshet.model.rollout.LogProbs;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.rollout.RolloutGroup;
import dev.freshet.model.rollout.Tokens;
import dev.freshet.streams.BadLines;
import dev.freshet.streams.DatasetPipelineSettings;
import dev.freshet.streams.DropReason;
import dev.freshet.streams.Outcome;
import dev.freshet.streams.PipelineEvent.GroupDropped;
import dev.freshet.streams.PipelineEvent.ObjectiveSwitched;
import dev.freshet.streams.PipelineEvent.RunFinished;
import dev.freshet.streams.PipelineEvent.StepTrained;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** A run that learns from ten pairs in batches of two, with the commands, events and checkpoints of any run. */
class DatasetFeedTest {
    private static final TestSteering STEERING = TestSteering.of(
            "freshet { checkpoint.interval = 0, objective = dpo, divergence = js, divergence-coefficient = 0.1 }");

    private final RecordedEvents events = new RecordedEvents();
    private final WrittenStates disk = new WrittenStates();
    private final SteeredLearner learner = SteeredLearner.stepsAtOnce();

    @Test
    void learnsFromEveryExampleWithItsReferenceAndEndsWhereItsCheckpointSays() throws Exception {
        try (Run run = Run.start(plan(Pairs.good(), 5, Samples.begin()))) {
            RunFinished finished = finished(run);
            assertThat(finished.version()).isEqualTo(new PolicyVersion(5));
            assertThat(finished.groups().trained()).isEqualTo(10);
            assertThat(finished.groups().inFlight()).isZero();
        }
        assertThat(learner.examples()).extracting(ScoredExample::sequence).containsExactlyElementsOf(numbers(0, 10));
        assertThat(learner.examples())
                .allSatisfy(
                        example -> assertThat(example.reference()).containsExactly(LogProbs.of(-1), LogProbs.of(-2)));
        assertThat(events.of(StepTrained.class)).hasSize(5).allSatisfy(step -> {
            assertThat(step.report().objective()).isEqualTo("dpo");
            assertThat(step.report().divergence()).isEqualTo("reverse-kl");
            assertThat(step.report().measures()).containsEntry("margin", 0.1);
        });
        assertThat(disk.last().cursor()).isEqualTo(10);

        try (Run run = Run.start(plan(Pairs.good(), 7, disk.last()))) {
            assertThat(finished(run).version()).isEqualTo(new PolicyVersion(7));
        }
        assertThat(learner.examples()).extracting(ScoredExample::sequence).containsExactlyElementsOf(numbers(0, 14));
    }

    @Test
    void aLineThatCannotBeUsedIsAGroupThatWasDropped() throws Exception {
        try (Run run = Run.start(plan(new Pairs(sequence -> sequence == 3), 2, Samples.begin()))) {
            assertThat(finished(run).groups().dropped()).containsEntry(DropReason.MALFORMED, 1L);
        }
        assertThat(events.of(GroupDropped.class))
                .contains(new GroupDropped(3, DropReason.MALFORMED, "pairs:4: not JSON"));
        assertThat(learner.examples()).extracting(ScoredExample::sequence).containsExactly(0L, 1L, 2L, 4L);
    }

    @Test
    void isSwitchedToWhatLearnsFromTheSameAndRefusesTheOthersByName() throws Exception {
        try (Run run = Run.start(plan(Pairs.good(), 1_000_000, Samples.begin()))) {
            eventually(() -> learner.examples().size() > 4, "some steps");
            assertThat(run.objectives())
                    .succeedsWithin(DEADLINE)
                    .satisfies(offers -> assertThat(offers)
                            .filteredOn(offer -> offer.unavailable().isEmpty())
                            .extracting(ObjectiveOffer::name)
                            .containsExactly("dpo", "f-dpo", "cdpo", "ipo"));
            for (String other : List.of("grpo", "sft")) {
                assertThat(run.switchObjective(other, Map.of(), ChangeMode.CARRY_OUT))
                        .failsWithin(DEADLINE)
                        .withThrowableOfType(ExecutionException.class)
                        .havingCause()
                        .isInstanceOfSatisfying(
                                RefusedException.class,
                                refusal -> assertThat(refusal.kind()).isEqualTo(Kind.FAILED_PRECONDITION))
                        .withMessageContaining("and this run has preferences: only a new run can have the others");
            }
            ObjectiveSwitched switched = run.switchObjective("f-dpo", Map.of(), ChangeMode.CARRY_OUT)
                    .toCompletableFuture()
                    .get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
            assertThat(run.stop(StopMode.DRAIN, "the test is over")).succeedsWithin(DEADLINE);
            assertThat(finished(run).groups().inFlight()).isZero();
            assertThat(events.of(StepTrained.class))
                    .allSatisfy(step -> assertThat(step.report().objective())
                            .isEqualTo(
                                    step.report().version().compareTo(switched.firstVersion()) < 0 ? "dpo" : "f-dpo"));
        }
    }

    private RunPlan plan(ExampleSource source, long steps, TrainingState start) {
        return new RunPlan(
                "dataset",
                new DatasetFeed(source, ExampleKind.PREFERENCE, new DatasetPipelineSettings(2, 4, 4, 2, BadLines.DROP)),
                learner,
                Optional.of((Supplier<LogProbScorer>) KnownReference::new),
                STEERING.parameters(),
                STEERING,
                disk,
                start,
                List.of(),
                steps,
                events,
                System::nanoTime);
    }

    private static RunFinished finished(Run run) throws Exception {
        return run.completion().toCompletableFuture().get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
    }

    private static List<Long> numbers(long from, long end) {
        return LongStream.range(from, end).boxed().toList();
    }

    /** Ten pairs, the same in every epoch. */
    private record Pairs(LongPredicate bad) implements ExampleSource {
        static Pairs good() {
            return new Pairs(sequence -> false);
        }

        @Override
        public long size() {
            return 10;
        }

        @Override
        public AdmittedExample admitted(long sequence) {
            return new AdmittedExample(sequence, sequence / size(), sequence % size());
        }

        @Override
        public CompletionStage<Outcome<TokenisedExample>> read(AdmittedExample example) {
            return CompletableFuture.supplyAsync(() -> outcome(example));
        }

        private Outcome<TokenisedExample> outcome(AdmittedExample example) {
            if (bad.test(example.sequence())) {
                return new Outcome.Dropped<>(
                        example.sequence(), DropReason.MALFORMED, "pairs:" + (example.id() + 1) + ": not JSON");
            }
            return new Outcome.Passed<>(new TokenisedExample(
                    example,
                    ExampleKind.PREFERENCE,
                    List.of(
                            new ExampleSequence(Tokens.of(1), Tokens.of(2)),
                            new ExampleSequence(Tokens.of(1), Tokens.of(3)))));
        }
    }

    /** Says -1 of what is chosen, and -2 of what is rejected. */
    private static final class KnownReference implements LogProbScorer {
        @Override
        public CompletionStage<List<LogProbs>> score(RolloutGroup group) {
            return CompletableFuture.failedFuture(new IllegalStateException("there are no rollouts"));
        }

        @Override
        public CompletionStage<List<LogProbs>> score(TokenisedExample example) {
            return CompletableFuture.completedFuture(List.of(LogProbs.of(-1), LogProbs.of(-2)));
        }

        @Override
        public void close() {}
    }
}
