package dev.freshet.actors;

import static dev.freshet.actors.TestActors.DEADLINE;
import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.testkit.typed.javadsl.TestProbe;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.rollout.ScoredGroup;
import dev.freshet.streams.DropReason;
import dev.freshet.streams.Outcome;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
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

    private ActorPorts ports(boolean hasReference, String more) {
        RunParts parts = new RunParts(
                kit.<Learner.Command>createTestProbe().getRef(),
                kit.<GeneratorPool.Command>createTestProbe().getRef(),
                kit.<Verifier.Command>createTestProbe().getRef(),
                hasReference ? Optional.of(scorer.getRef()) : Optional.empty(),
                kit.<CheckpointKeeper.Command>createTestProbe().getRef());
        return new ActorPorts(
                parts,
                () -> PolicyVersion.INITIAL,
                new ParametersInForce(Samples.parameters("none", 0, "freshet.actors.score-timeout = 40 s\n" + more)),
                Optional.empty(),
                kit.scheduler());
    }
}
