package dev.freshet.actors;

import static dev.freshet.actors.TestActors.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.Behaviors;
import dev.freshet.model.learning.LogProbScorer;
import dev.freshet.model.rollout.LogProbs;
import dev.freshet.model.rollout.RolloutGroup;
import dev.freshet.model.rollout.ScoredGroup;
import dev.freshet.streams.DropReason;
import dev.freshet.streams.Outcome;
import dev.freshet.streams.PipelineEvent.PartRestarted;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class ReferenceScorerTest {
    private static final ActorTestKit kit = TestActors.create();

    private final RecordedEvents events = new RecordedEvents();
    private final List<HeldScores> opened = new CopyOnWriteArrayList<>();
    private final TestProbe<Outcome<ScoredGroup>> answers = kit.createTestProbe();

    @AfterAll
    static void shutDown() {
        kit.shutdownTestKit();
    }

    @Test
    void addsTheReferenceLogProbs() {
        ActorRef<ReferenceScorer.Command> scorer = spawn();
        List<LogProbs> reference = List.of(LogProbs.of(-1, -2), LogProbs.of(-3, -4));

        score(scorer, 7);
        eventually(() -> opened.get(0).asked.size() == 1, "the scorer was asked");
        opened.get(0).asked.get(0).complete(reference);

        assertThat(answers.receiveMessage())
                .isEqualTo(new Outcome.Passed<>(new ScoredGroup(Samples.verified(7), reference)));
    }

    @Test
    void aFailedScorerEndsItsGroupsAndIsReplaced() {
        ActorRef<ReferenceScorer.Command> scorer = spawn();
        score(scorer, 7);
        score(scorer, 8);
        eventually(() -> opened.get(0).asked.size() == 2, "the scorer was asked twice");

        opened.get(0).asked.get(1).completeExceptionally(new IllegalStateException("no memory"));

        String why = "reference scorer failed: no memory";
        assertThat(List.of(answers.receiveMessage(), answers.receiveMessage()))
                .containsExactlyInAnyOrder(
                        new Outcome.Dropped<>(7, DropReason.FAILED, why),
                        new Outcome.Dropped<>(8, DropReason.FAILED, why));
        assertThat(events.next(PartRestarted.class)).isEqualTo(new PartRestarted("reference scorer", why));
        eventually(() -> opened.size() == 2, "another scorer is opened");
        assertThat(opened.get(0).closed).isTrue();
        score(scorer, 9);
        eventually(() -> opened.get(1).asked.size() == 1, "the other scorer was asked");
    }

    @Test
    void logProbsThatDoNotFitTheirGroupAreAFailure() {
        ActorRef<ReferenceScorer.Command> scorer = spawn();
        score(scorer, 7);
        eventually(() -> opened.get(0).asked.size() == 1, "the scorer was asked");

        opened.get(0).asked.get(0).complete(List.of(LogProbs.of(-1, -2)));

        assertThat(answers.receiveMessage()).isInstanceOf(Outcome.Dropped.class);
    }

    private ActorRef<ReferenceScorer.Command> spawn() {
        ActorRef<ReferenceScorer.Command> scorer = kit.spawn(Behaviors.supervise(ReferenceScorer.create(
                        () -> {
                            HeldScores scores = new HeldScores();
                            opened.add(scores);
                            return scores;
                        },
                        events))
                .onFailure(SupervisorStrategy.restart()));
        eventually(() -> opened.size() == 1, "a scorer is opened");
        return scorer;
    }

    private void score(ActorRef<ReferenceScorer.Command> scorer, long sequence) {
        scorer.tell(new ReferenceScorer.Score(Samples.verified(sequence), answers.getRef()));
    }

    private static final class HeldScores implements LogProbScorer {
        private final List<CompletableFuture<List<LogProbs>>> asked = new CopyOnWriteArrayList<>();
        private volatile boolean closed;

        @Override
        public CompletionStage<List<LogProbs>> score(RolloutGroup group) {
            CompletableFuture<List<LogProbs>> result = new CompletableFuture<>();
            asked.add(result);
            return result;
        }

        @Override
        public void close() {
            closed = true;
            asked.forEach(result -> result.completeExceptionally(new IllegalStateException("closed")));
        }
    }
}
