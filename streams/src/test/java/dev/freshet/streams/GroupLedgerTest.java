package dev.freshet.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.rollout.ScoredGroup;
import dev.freshet.streams.PipelineEvent.GroupDropped;
import dev.freshet.streams.PipelineEvent.GroupsReturned;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class GroupLedgerTest {
    private static final PolicyVersion FIRST = new PolicyVersion(1);

    private final RecordedEvents events = new RecordedEvents();

    @Test
    void everyAdmittedGroupIsAccountedFor() {
        GroupLedger ledger = GroupLedger.begin(events);
        admit(ledger, 6);
        ledger.drop(new Outcome.Dropped<>(1, DropReason.FAILED, "two attempts"));
        train(ledger, 0, 2);
        assertThat(ledger.snapshot()).isEqualTo(new GroupCounts(6, 2, Map.of(DropReason.FAILED, 1L), 0, 3));
        ledger.returnInFlight("test");
        assertThat(ledger.snapshot()).isEqualTo(new GroupCounts(6, 2, Map.of(DropReason.FAILED, 1L), 3, 0));
        assertThat(events.drops()).containsExactly(new GroupDropped(1, DropReason.FAILED, "two attempts"));
        assertThat(events.returns()).containsExactly(new GroupsReturned(3, "test"));
        assertThat(events.steps().get(0).groups())
                .isEqualTo(new GroupCounts(6, 2, Map.of(DropReason.FAILED, 1L), 0, 3));
    }

    @Test
    void whoLooksOnDoesNotWaitWhileAnEventIsTold() {
        CompletableFuture<GroupLedger> looked = new CompletableFuture<>();
        List<GroupCounts> seen = new ArrayList<>();
        GroupLedger ledger = GroupLedger.begin(event ->
                seen.add(CompletableFuture.supplyAsync(() -> looked.join().latest())
                        .orTimeout(10, TimeUnit.SECONDS)
                        .join()));
        looked.complete(ledger);
        admit(ledger, 6);
        assertThat(ledger.latest()).isEqualTo(ledger.snapshot());
        ledger.drop(new Outcome.Dropped<>(1, DropReason.FAILED, "two attempts"));
        train(ledger, 0, 2);
        ledger.returnInFlight("test");
        assertThat(seen)
                .containsExactly(
                        new GroupCounts(6, 0, Map.of(DropReason.FAILED, 1L), 0, 5),
                        new GroupCounts(6, 2, Map.of(DropReason.FAILED, 1L), 0, 3),
                        new GroupCounts(6, 2, Map.of(DropReason.FAILED, 1L), 3, 0));
    }

    @Test
    void aGroupEndsOnce() {
        GroupLedger ledger = GroupLedger.begin(events);
        admit(ledger, 1);
        ledger.drop(new Outcome.Dropped<>(0, DropReason.STALE, ""));
        assertThatThrownBy(() -> ledger.drop(new Outcome.Dropped<>(0, DropReason.STALE, "")))
                .hasMessage("group 0 ended, but it is not in flight");
        assertThatThrownBy(() -> train(ledger, 7)).hasMessage("group 7 ended, but it is not in flight");
    }

    @Test
    void theCursorFollowsTheLastTrainedGroup() {
        GroupLedger ledger = GroupLedger.begin(events);
        admit(ledger, 5);
        assertThat(ledger.cursor()).isZero();
        ledger.drop(new Outcome.Dropped<>(0, DropReason.FAILED, ""));
        assertThat(ledger.cursor()).isZero();
        train(ledger, 1, 2);
        assertThat(ledger.cursor()).isEqualTo(3);
    }

    @Test
    void groupsHandedBackEnterAgainUnderTheSameNumbers() {
        GroupLedger ledger = GroupLedger.begin(events);
        admit(ledger, 5);
        train(ledger, 0, 1);
        ledger.returnInFlight("test");
        assertThat(ledger.admit()).isEqualTo(2);
        assertThat(ledger.snapshot()).isEqualTo(new GroupCounts(6, 2, Map.of(), 3, 1));
    }

    @Test
    void aResumedRunGoesOnCounting() {
        GroupCounts before = new GroupCounts(10, 4, Map.of(DropReason.NO_SIGNAL, 2L), 1, 3);
        GroupLedger ledger = GroupLedger.resume(6, before, events);
        assertThat(ledger.snapshot()).isEqualTo(new GroupCounts(10, 4, Map.of(DropReason.NO_SIGNAL, 2L), 4, 0));
        assertThat(ledger.cursor()).isEqualTo(6);
        assertThat(ledger.admit()).isEqualTo(6);
    }

    @Test
    void handingBackNothingIsNoEvent() {
        GroupLedger.begin(events).returnInFlight("test");
        assertThat(events.all()).isEmpty();
    }

    private static void admit(GroupLedger ledger, int groups) {
        for (int i = 0; i < groups; i++) {
            assertThat(ledger.admit()).isEqualTo(i);
        }
    }

    private static void train(GroupLedger ledger, long... sequences) {
        List<ScoredGroup> batch = LongStream.of(sequences)
                .mapToObj(sequence -> Groups.scored(sequence, PolicyVersion.INITIAL))
                .toList();
        ledger.train(LongStream.of(sequences).boxed().toList(), Groups.report(FIRST, batch), 1, 1, 1);
    }
}
