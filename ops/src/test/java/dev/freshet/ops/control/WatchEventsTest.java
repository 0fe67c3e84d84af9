package dev.freshet.ops.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.ops.control.ControlClient.WatchMode;
import dev.freshet.ops.run.Journal;
import dev.freshet.ops.run.JournalLine;
import dev.freshet.ops.run.RunEvents;
import dev.freshet.ops.run.RunSettings.Rotation;
import dev.freshet.streams.PipelineEvent.PartRestarted;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchEventsTest {
    private static final long DEADLINE_SECONDS = 20;

    @TempDir
    private Path folder;

    private final ScriptedView view = new ScriptedView();
    private Journal journal;
    private ControlServer server;
    private ControlClient client;
    private ManagedChannel channel;

    @BeforeEach
    void start() throws Exception {
        journal = open(new Rotation(1 << 20, 4));
        server = TestServer.start(new ScriptedRun(), List.of(), view, "freshet.control.max-streams=2");
        client = new ControlClient(TestServer.endpoint(server));
        channel =
                NettyChannelBuilder.forAddress(server.address()).usePlaintext().build();
    }

    @AfterEach
    void stop() throws Exception {
        channel.shutdownNow();
        client.close();
        server.close();
        journal.close();
    }

    @Test
    void eachEventComesAsItStandsInTheJournal() {
        journal.accept(RunEvents.dropped(41));
        List<JournalLine> lines = recorded(0);
        assertThat(lines).extracting(JournalLine::sequence).containsExactly(1L, 2L);
        assertThat(lines.get(1))
                .isEqualTo(
                        new JournalLine(
                                2,
                                Instant.parse("2026-11-23T12:00:00.123456Z"),
                                "GroupDropped",
                                "{\"sequence\":2,\"time\":\"2026-11-23T12:00:00.123456Z\",\"attempt\":1,\"type\":\"GroupDropped\","
                                        + "\"group_sequence\":41,\"reason\":\"no_signal\",\"detail\":\"all 8 rewards are 1.0\"}"));
        assertThat(recorded(2)).hasSize(1);
        assertThat(recorded(3)).isEmpty();
    }

    @Test
    void aFollowerSeesWhatHappensFromNowOnUntilTheRunEnds() throws Exception {
        journal.accept(RunEvents.dropped(1));
        Watcher watcher = new Watcher(channel, 0);
        await(() -> server.openEventStreams() == 1);
        journal.accept(RunEvents.dropped(2));
        journal.accept(RunEvents.dropped(3));
        journal.close();
        assertThat(watcher.sequences()).containsExactly(3L, 4L);
        assertThat(watcher.ended().getCode()).isEqualTo(Status.Code.OK);
        await(() -> server.openEventStreams() == 0);
    }

    @Test
    void whoReconnectsAtTheNextOneMissesNothingAndSeesNothingTwiceOverRotationAndResume() throws Exception {
        List<Long> seen = new ArrayList<>();
        Rotation small = new Rotation(1000, 1000);
        long next = 1;
        for (int attempt = 1; attempt <= 3; attempt++) {
            journal.close();
            journal = open(small);
            for (int cut = 0; cut < 5; cut++) {
                for (int i = 0; i < 20; i++) {
                    journal.accept(RunEvents.dropped(i));
                }
                int taken = 3 + 5 * cut;
                long from = next;
                List<Long> some = new ArrayList<>();
                client.events(from, WatchMode.FOLLOW, line -> {
                    some.add(line.sequence());
                    return some.size() < taken;
                });
                seen.addAll(some);
                next = seen.get(seen.size() - 1) + 1;
            }
        }
        recorded(next).forEach(line -> seen.add(line.sequence()));
        assertThat(seen)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, journal.newest()).boxed().toList());
    }

    @Test
    void aNumberOutOfRangeIsRefusedWithOneThatIsNot() throws Exception {
        journal.close();
        journal = open(new Rotation(1000, 2));
        for (int i = 0; i < 40; i++) {
            journal.accept(RunEvents.dropped(i));
        }
        assertThat(journal.deleteSurplus(Instant.EPOCH)).isNotEmpty();
        long oldest = journal.oldest();
        Watcher late = new Watcher(channel, oldest - 1);
        assertThat(late.ended().getCode()).isEqualTo(Status.Code.OUT_OF_RANGE);
        assertThat(late.ended().getDescription())
                .startsWith("event " + (oldest - 1) + " is no longer kept, the oldest is " + oldest);
        Watcher early = new Watcher(channel, journal.newest() + 2);
        assertThat(early.ended().getCode()).isEqualTo(Status.Code.OUT_OF_RANGE);
        assertThat(early.ended().getDescription()).contains("the newest is " + journal.newest());
        Watcher negative = new Watcher(channel, -1);
        assertThat(negative.ended().getCode()).isEqualTo(Status.Code.OUT_OF_RANGE);
    }

    @Test
    void aRunWithoutAJournalYetIsSaidToBeStarting() {
        view.journal(null);
        assertThatThrownBy(() -> recorded(1))
                .isInstanceOf(ControlException.class)
                .hasMessage("the run is still starting and has no journal yet; try again in a few seconds");
    }

    @Test
    void oneStreamMoreThanAllowedIsRefusedAndCommandsAreNot() throws Exception {
        Watcher first = new Watcher(channel, 1);
        Watcher second = new Watcher(channel, 1);
        await(() -> server.openEventStreams() == 2);
        Watcher third = new Watcher(channel, 1);
        assertThat(third.ended().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertThat(third.ended().getDescription())
                .isEqualTo("at most 2 streams may be open; close one (freshet.control.max-streams)");
        assertThat(client.status().run()).isEqualTo("sample");
        first.cancel();
        await(() -> server.openEventStreams() == 1);
        second.cancel();
        await(() -> server.openEventStreams() == 0 && server.callsUnderWay() == 0);
    }

    @Test
    void whatASlowCallerDoesNotTakeIsNotKeptForItBeyondTheFiles() throws Exception {
        journal.close();
        journal = open(new Rotation(256 * 1024, 2));
        Watcher slow = new Watcher(channel, 0, 1);
        await(() -> server.openEventStreams() == 1);
        int events = 2000; // of 10 KB each: far more than the transport's windows of 1 MiB and the two files take
        for (int i = 0; i < events; i++) {
            journal.accept(new PartRestarted("verifier", "x".repeat(10_000)));
        }
        assertThat(journal.deleteSurplus(Instant.EPOCH)).isNotEmpty();
        slow.request(Integer.MAX_VALUE);
        assertThat(slow.ended().getCode()).isEqualTo(Status.Code.OUT_OF_RANGE);
        assertThat(slow.received()).isLessThan(events / 2);
        assertThat(slow.ended().getDescription()).contains(" is no longer kept, the oldest is ");
    }

    @Test
    void aServerWithOpenStreamsClosesWithoutWaitingForThem() throws Exception {
        Watcher idle = new Watcher(channel, 0);
        Watcher stuck = new Watcher(channel, 1, 0);
        await(() -> server.openEventStreams() == 2);
        long start = System.nanoTime();
        server.close();
        assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)).isLessThan(3000);
        assertThat(idle.ended().getCode()).isEqualTo(Status.Code.OK);
        await(() -> server.openEventStreams() == 0 && server.callsUnderWay() == 0);
        stuck.request(Integer.MAX_VALUE);
        assertThat(stuck.ended().getCode()).isIn(Status.Code.OK, Status.Code.UNAVAILABLE);
    }

    private Journal open(Rotation rotation) throws IOException {
        Journal opened = Journal.open(
                folder.resolve("events.jsonl"),
                rotation,
                InstantSource.fixed(Instant.parse("2026-11-23T12:00:00.123456Z")));
        view.journal(opened);
        return opened;
    }

    private List<JournalLine> recorded(long from) {
        List<JournalLine> lines = new ArrayList<>();
        client.events(from, WatchMode.RECORDED_ONLY, lines::add);
        return lines;
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }
}
