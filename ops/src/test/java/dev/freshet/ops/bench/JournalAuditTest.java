package dev.freshet.ops.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.ops.bench.JournalAudit.Findings;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JournalAuditTest {
    @Test
    void findsNothingWrongWithARunThatWasKilledAndResumed() {
        Findings findings = new MadeUpJournal()
                .opened()
                .started(-1)
                .dropped(2)
                .step(1, 0, 4, 4)
                .step(2, 5, 8, 4)
                .dropped(11)
                .step(3, 9, 13, 4)
                .opened()
                .started(2)
                .takenBack(2, 9, 3, 8)
                .openedAgain()
                .dropped(11)
                .step(3, 9, 13, 4)
                .step(4, 14, 17, 4)
                .returned(2)
                .finished(0)
                .audited();

        assertThat(findings.violations()).isEmpty();
        assertThat(findings)
                .returns(2, Findings::attempts)
                .returns(4L, Findings::version)
                .returns(true, Findings::finished)
                .returns(1L, Findings::maxStaleness)
                .returns(1L, Findings::stalenessBound)
                .returns(3L, Findings::takenBack)
                .returns(4L, Findings::trainedAgain);
    }

    @Test
    void aRunThatDiedBeforeItsFirstStepMayBeginAnew() {
        Findings findings = begun().opened().started(-1).step(1, 0, 3, 4).audited();

        assertThat(findings.violations()).isEmpty();
        assertThat(findings.finished()).isFalse();
    }

    @Test
    void aResumptionMayFindAllStepsTaken() {
        assertThat(begun().step(1, 0, 3, 4)
                        .finished(0)
                        .opened()
                        .started(1)
                        .takenBack(1, 4, 0, 4)
                        .finished(0)
                        .audited()
                        .violations())
                .isEmpty();
    }

    @Test
    void aGroupThatWasDroppedAheadMayEndAnewAfterItWasReturned() {
        assertThat(begun().step(1, 0, 3, 4)
                        .dropped(6)
                        .returned(2)
                        .dropped(6)
                        .audited()
                        .violations())
                .isEmpty();
    }

    @Test
    void aRollbackIsAVersionWithoutAStep() {
        assertThat(begun().step(1, 0, 3, 4)
                        .step(2, 4, 7, 4)
                        .returned(3)
                        .rolledBack(1, 3)
                        .step(4, 8, 11, 4)
                        .opened()
                        .started(3)
                        .takenBack(3, 8, 0, 8)
                        .step(4, 8, 11, 4)
                        .audited()
                        .violations())
                .isEmpty();
        assertViolated(begun().step(1, 0, 3, 4).rolledBack(2, 2), "goes back to version 2, which no step had made");
    }

    @Test
    void findsALineThatIsMissing() {
        assertViolated(begun().skipping(1).step(1, 0, 3, 4), "events.jsonl:3 (event 3): event 3 follows event 1");
    }

    @Test
    void findsALineThatIsThereTwice() {
        assertViolated(begun().skipping(-1).step(1, 0, 3, 4), "event 1 follows event 1");
    }

    @Test
    void findsALineThatIsTorn() {
        assertViolated(begun().text("{\"sequence\":2,\"typ"), "events.jsonl:3 (event 1): a line that is no event");
    }

    @Test
    void findsAnAttemptThatIsMissing() {
        MadeUpJournal journal = begun();
        journal.text("{\"sequence\":2,\"attempt\":3,\"type\":\"JournalOpened\"}");
        assertViolated(journal, "attempt 3 follows attempt 1 with a JournalOpened");
    }

    @Test
    void findsAGroupThatIsLost() {
        assertViolated(
                begun().dropped(1).step(1, 0, 5, 4),
                "1 of the groups 0 to 5 are lost: 4 are trained on, 1 were dropped");
    }

    @Test
    void findsAGroupThatIsLostInTheDeath() {
        assertViolated(
                begun().step(1, 0, 3, 4)
                        .opened()
                        .started(1)
                        .takenBack(1, 4, 3, 4)
                        .step(2, 5, 8, 4),
                "1 of the groups 4 to 8 are lost");
    }

    @Test
    void findsAGroupThatIsDroppedAndTrainedOn() {
        assertViolated(begun().dropped(1).step(1, 0, 3, 4), "1 of the groups 0 to 3 end twice");
    }

    @Test
    void findsAGroupThatIsDroppedTwice() {
        assertViolated(begun().dropped(1).dropped(1), "group 1 is dropped a second time");
        assertViolated(begun().step(1, 0, 3, 4).dropped(2), "group 2 is dropped, but had ended before");
    }

    @Test
    void findsGroupsThatAreTrainedOnTwiceThoughNothingTookThemBack() {
        assertViolated(
                begun().step(1, 0, 3, 4).step(2, 2, 5, 4),
                "groups 2 to 3 are trained on, but had ended before, and nothing says that they were taken back");
        assertViolated(
                begun().step(1, 0, 3, 4).step(2, 4, 7, 4).opened().started(1).step(2, 4, 7, 4),
                "the run goes on without saying what it takes back");
    }

    @Test
    void findsGroupsThatEnterFromTheWrongPlaceOn() {
        assertViolated(
                begun().step(1, 0, 3, 4).opened().started(1).takenBack(1, 6, 3, 4),
                "groups enter again from 6 on, but at version 1 they had ended up to 3");
    }

    @Test
    void findsAVersionThatComesFromNowhere() {
        assertViolated(begun().step(2, 0, 3, 4), "version 2 follows version 0");
        assertViolated(
                begun().opened().started(7).takenBack(7, 28, 0, 28), "goes on from version 7, which no step had made");
    }

    @Test
    void findsARunThatForgotItsSteps() {
        assertViolated(
                begun().step(1, 0, 3, 4).opened().started(-1), "the run begins anew, though it had taken 1 steps");
    }

    @Test
    void findsAStepThatIsTooStale() {
        assertViolated(begun().step(1, 0, 3, 4, 2), "staleness must be at most 1, was 2");
    }

    @Test
    void findsCountsThatDoNotFollowFromTheEvents() {
        assertViolated(
                begun().claiming(Map.of("trained", 1L)).step(1, 0, 3, 4), "trained groups are 4, but 5 are counted");
        assertViolated(
                begun().claiming(Map.of("dropped", 1L)).step(1, 0, 3, 4),
                "groups dropped as no_signal are 0, but 1 are counted");
        assertViolated(
                begun().claiming(Map.of("returned", 1L)).step(1, 0, 3, 4), "returned groups are 0, but 1 are counted");
        assertViolated(
                begun().text("{\"sequence\":2,\"attempt\":1,\"type\":\"RunFinished\",\"groups\":{\"admitted\":7}}"),
                "admitted groups, all told, are 0, but 7 are counted");
    }

    @Test
    void findsCountsThatGrewInTheDeath() {
        assertViolated(
                begun().step(1, 0, 3, 4)
                        .opened()
                        .started(1)
                        .takenBack(1, 4, 3, 4)
                        .claiming(Map.of("dropped", 1L))
                        .step(2, 4, 7, 4),
                "groups dropped as no_signal before the checkpoint must be between 0 and 0, were 1");
        assertViolated(
                begun().step(1, 0, 3, 4)
                        .opened()
                        .started(1)
                        .takenBack(1, 4, 3, 4)
                        .claiming(Map.of("returned", 2L))
                        .step(2, 4, 7, 4),
                "groups returned before the resumption must be between 3 and 3, were 2");
    }

    @Test
    void findsAnEndWithGroupsInFlight() {
        assertViolated(begun().step(1, 0, 3, 4).finished(2), "the run has ended with 2 groups in flight");
    }

    private static MadeUpJournal begun() {
        return new MadeUpJournal().opened().started(-1);
    }

    private static void assertViolated(MadeUpJournal journal, String violation) {
        assertThat(journal.audited().violations())
                .anySatisfy(found -> assertThat(found).contains(violation));
    }
}
