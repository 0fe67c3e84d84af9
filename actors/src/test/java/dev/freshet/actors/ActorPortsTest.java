package dev.freshet.actors;

import static dev.freshet.actors.TestActors.DEADLINE;
import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.testkit.typed.javadsl.TestProbe;
import dev.freshet.model.rehearsal.RehearsalCycle;
import dev.freshet.model.rollout.LogProbs;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.rollout.RehearsalSequence;
import dev.freshet.model.rollout.ScoredGroup;
import dev.freshet.model.rollout.Tokens;
import dev.freshet.streams.DropReason;
import dev.freshet.streams.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class ActorPortsTest {
    private static final ActorTestKit kit = TestActors.withManualTime();

    private final ManualTime time = ManualTime.get(kit.system());
    private final TestProbe<ReferenceScorer.Command> scorer = kit.createTestProbe();

    @AfterAll
    static void shutDown() {
        kit.shutdownTestKit();
    }

    @Test
    void withoutAReferenceScoringIsTheIdentity() {
        assertThat(ports(false, "").scoreReference(Samples.verified(3)).toCompletableFuture())
                .isCompletedWithValue(new Outcome.Passed<>(ScoredGroup.withoutReference(Samples.verified(3))));
    }

    @Test
    void aGroupThatIsScoredTooLateEndsAsFailed() {
        CompletableFuture<Outcome<ScoredGroup>> scored =
                ports(true, "").scoreReference(Samples.verified(3)).toCompletableFuture();
        assertThat(scorer.receiveMessage()).isInstanceOf(ReferenceScorer.Score.class);

        time.timePasses(Duration.ofSeconds(40));

        assertThat(scored)
                .succeedsWithin(DEADLINE)
                .isEqualTo(new Outcome.Dropped<>(
                        3,
                        DropReason.FAILED,
                        "the reference scorer did not answer within PT40S (freshet.actors.score-timeout)"));
    }

    @Test
    void aScorerThatIsSilentForTooManyDeadlinesInARowFailsThePipeline() {
        ActorPorts ports = ports(true, "freshet.actors.score-hung-limit = 2");

        // Late together, they count once.
        CompletableFuture<Outcome<ScoredGroup>> first = asked(ports, 1);
        CompletableFuture<Outcome<ScoredGroup>> second = asked(ports, 2);
        time.timePasses(Duration.ofSeconds(40));
        assertThat(first).succeedsWithin(DEADLINE).isInstanceOf(Outcome.Dropped.class);
        assertThat(second).succeedsWithin(DEADLINE).isInstanceOf(Outcome.Dropped.class);

        // An answer in between begins the count anew.
        CompletableFuture<Outcome<ScoredGroup>> third =
                ports.scoreReference(Samples.verified(3)).toCompletableFuture();
        Outcome<ScoredGroup> answer = new Outcome.Passed<>(ScoredGroup.withoutReference(Samples.verified(3)));
        scorer.expectMessageClass(ReferenceScorer.Score.class).replyTo().tell(answer);
        assertThat(third).succeedsWithin(DEADLINE).isEqualTo(answer);
        CompletableFuture<Outcome<ScoredGroup>> fourth = asked(ports, 4);
        time.timePasses(Duration.ofSeconds(40));
        assertThat(fourth).succeedsWithin(DEADLINE).isInstanceOf(Outcome.Dropped.class);

        CompletableFuture<Outcome<ScoredGroup>> fifth = asked(ports, 5);
        time.timePasses(Duration.ofSeconds(40));
        assertThat(fifth)
                .failsWithin(DEADLINE)
                .withThrowableOfType(ExecutionException.class)
                .withMessageContaining("the reference scorer did not answer within PT40S (freshet.actors.score-timeout)"
                        + " 2 times in a row (freshet.actors.score-hung-limit)");
    }

    private CompletableFuture<Outcome<ScoredGroup>> asked(ActorPorts ports, long sequence) {
        CompletableFuture<Outcome<ScoredGroup>> scored =
                ports.scoreReference(Samples.verified(sequence)).toCompletableFuture();
        scorer.expectMessageClass(ReferenceScorer.Score.class);
        return scored;
    }

    @Test
    void inADeterministicRunALateScoreFailsThePipeline() {
        CompletableFuture<Outcome<ScoredGroup>> scored = ports(true, "freshet.deterministic = true")
                .scoreReference(Samples.verified(3))
                .toCompletableFuture();
        assertThat(scorer.receiveMessage()).isInstanceOf(ReferenceScorer.Score.class);

        time.timePasses(Duration.ofSeconds(40));

        assertThat(scored)
                .failsWithin(DEADLINE)
                .withThrowableOfType(ExecutionException.class)
                .withMessageContaining(
                        "no deadline may decide an outcome while freshet.deterministic = true: raise it");
    }

    @Test
    void theObjectiveInForceSaysWhetherRewardsMustDiffer() {
        assertThat(ports(false, "").needsRewardVariance()).isTrue();
    }

    @Test
    void rehearsalIsSoManySequencesForEachRolloutFromTheLearnersVersionOn() {
        List<RehearsalSequence> sequences = IntStream.range(0, 7)
                .mapToObj(token -> new RehearsalSequence(Tokens.of(1), Tokens.of(token), LogProbs.of(-1), 1))
                .toList();
        RehearsalCycle cycle = RehearsalCycle.of(sequences, 1);
        ActorPorts ports = ports(false, "freshet.rehearsal.ratio = 0.75", Optional.of(cycle));
        // Two groups of two rollouts.
        assertThat(ports.rehearsal(Samples.batch(0, 2))).isEqualTo(cycle.at(PolicyVersion.INITIAL, 3));
        assertThat(ports(false, "").rehearsal(Samples.batch(0, 2))).isEmpty();
    }

    private ActorPorts ports(boolean hasReference, String more) {
        return ports(hasReference, more, Optional.empty());
    }

    private ActorPorts ports(boolean hasReference, String more, Optional<RehearsalCycle> rehearsal) {
        RunParts parts = new RunParts(
                kit.<Learner.Command>createTestProbe().getRef(),
                Optional.of(kit.<GeneratorPool.Command>createTestProbe().getRef()),
                Optional.of(kit.<Verifier.Command>createTestProbe().getRef()),
                hasReference ? Optional.of(scorer.getRef()) : Optional.empty(),
                kit.<CheckpointKeeper.Command>createTestProbe().getRef());
        return new ActorPorts(
                parts,
                () -> PolicyVersion.INITIAL,
                new ParametersInForce(Samples.parameters("none", 0, "freshet.actors.score-timeout = 40 s\n" + more)),
                rehearsal,
                kit.scheduler());
    }
}
