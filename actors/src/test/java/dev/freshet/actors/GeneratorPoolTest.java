package dev.freshet.actors;

import static dev.freshet.actors.Samples.admitted;
import static dev.freshet.actors.TestActors.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import dev.freshet.model.generation.RolloutGenerator;
import dev.freshet.model.rollout.RolloutGroup;
import dev.freshet.streams.DropReason;
import dev.freshet.streams.Outcome;
import dev.freshet.streams.PipelineEvent.PartRestarted;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class GeneratorPoolTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private static final ActorTestKit kit = TestActors.withManualTime();

    private final ManualTime time = ManualTime.get(kit.system());
    private final RecordedEvents events = new RecordedEvents();
    private final TestProbe<Outcome<RolloutGroup>> answers = kit.createTestProbe();
    private final AtomicInteger failedToOpen = new AtomicInteger();
    private final List<SteeredGenerator> first = new CopyOnWriteArrayList<>();
    private final List<SteeredGenerator> second = new CopyOnWriteArrayList<>();

    @AfterAll
    static void shutDown() {
        kit.shutdownTestKit();
    }

    @Test
    void givesEachGroupToTheLeastBusyGenerator() {
        ActorRef<Generator.Command> anyone =
                kit.<Generator.Command>createTestProbe().getRef();
        PoolState idle = PoolState.of(List.of(
                PoolState.Member.opening("one", anyone).opened(),
                PoolState.Member.opening("other", anyone).opened()));
        PoolState oneBusy = idle.with(attempt(0, "one"));
        PoolState bothBusy = oneBusy.with(attempt(1, "other"));

        assertThat(chosen(idle)).isEqualTo("one");
        assertThat(chosen(oneBusy)).isEqualTo("other");
        assertThat(chosen(bothBusy.without(attempt(0, "one")))).isEqualTo("one");
    }

    @Test
    void givesTheGroupsOfAFailedGeneratorToAnother() {
        ActorRef<GeneratorPool.Command> pool = pool(opening(first), opening(second));
        ask(pool, 0);
        eventually(() -> held(first) == 1, "the first generator has it");

        first.get(0).fail("CUDA error");

        eventually(() -> held(second) == 1, "the second generator has it");
        second.get(0).finish(0);
        assertPassed(0);
    }

    @Test
    void restartsAFailedGeneratorWithAFreshEngineAndSaysSo() {
        ActorRef<GeneratorPool.Command> pool = pool(opening(first), opening(second));
        ask(pool, 0);
        eventually(() -> held(first) == 1, "the first generator has it");

        first.get(0).fail("CUDA error");
        letTimePassUntil(() -> first.size() == 2, "another engine is opened");

        assertThat(first.get(0).isClosed()).isTrue();
        assertThat(events.next(PartRestarted.class))
                .isEqualTo(new PartRestarted("generator-0", "generator-0 failed: CUDA error"));
        ask(pool, 1);
        eventually(() -> held(first) == 1, "the restarted generator gets groups again");
    }

    @Test
    void dropsAGroupThatNoGeneratorFinishes() {
        ActorRef<GeneratorPool.Command> pool = pool(opening(first), opening(second));
        ask(pool, 5);
        eventually(() -> held(first) == 1, "first attempt");
        time.timePasses(TIMEOUT);
        eventually(() -> held(second) == 1, "second attempt");
        time.timePasses(TIMEOUT);

        assertThat(answers.receiveMessage())
                .isEqualTo(new Outcome.Dropped<>(
                        5,
                        DropReason.FAILED,
                        "not generated in 2 attempts (freshet.actors.generate-attempts), the last: generator-1 did not"
                                + " answer within PT1M (freshet.actors.generate-timeout)"));
    }

    @Test
    void ignoresTheAnswerOfAGeneratorThatWasGivenUp() {
        ActorRef<GeneratorPool.Command> pool = pool(opening(first), opening(second));
        ask(pool, 0);
        eventually(() -> held(first) == 1, "first attempt");
        time.timePasses(TIMEOUT);
        eventually(() -> held(second) == 1, "second attempt");

        first.get(0).finish(0);
        answers.expectNoMessage(Duration.ZERO);
        second.get(0).finish(0);

        assertPassed(0);
        answers.expectNoMessage(Duration.ZERO);
    }

    @Test
    void deadlinesStandStillWhileGeneratorsAreHalted() {
        ActorRef<GeneratorPool.Command> pool = pool(opening(first));
        ask(pool, 0);
        eventually(() -> held(first) == 1, "it is being generated");
        pool.tell(GeneratorPool.Halt.INSTANCE);
        eventually(() -> first.get(0).isHalted(), "the engine is halted");
        ask(pool, 1);
        eventually(() -> held(first) == 2, "a group asked for while halted waits in the engine");

        time.timePasses(TIMEOUT.multipliedBy(10));
        pool.tell(GeneratorPool.Resume.INSTANCE);
        eventually(() -> !first.get(0).isHalted(), "the engine goes on");
        time.timePasses(TIMEOUT.minusSeconds(1));
        first.get(0).finish(0);
        first.get(0).finish(1);

        assertPassed(0);
        assertPassed(1);
    }

    @Test
    void anEngineOpenedWhileHaltedIsHaltedToo() {
        ActorRef<GeneratorPool.Command> pool = pool(opening(first));
        ask(pool, 0);
        eventually(() -> held(first) == 1, "it is being generated");
        pool.tell(GeneratorPool.Halt.INSTANCE);
        eventually(() -> first.get(0).isHalted(), "the engine is halted");

        first.get(0).fail("CUDA error");

        letTimePassUntil(() -> first.size() == 2, "another engine is opened");
        eventually(() -> first.get(1).isHalted(), "it is halted");
    }

    @Test
    void leavesOutAGeneratorThatCannotBeOpenedAnyMore() {
        ActorRef<GeneratorPool.Command> pool = pool(this::failToOpen, opening(second));
        letTimePassUntil(() -> failedToOpen.get() == 6, "it was tried six times");

        ask(pool, 0);
        ask(pool, 1);

        eventually(() -> held(second) == 2, "the other generator has both");
    }

    @Test
    void failsWhenNoGeneratorIsLeft() {
        ActorRef<GeneratorPool.Command> pool = pool(this::failToOpen);

        letTimePassUntil(() -> failedToOpen.get() == 6, "it was tried six times");

        kit.createTestProbe().expectTerminated(pool);
    }

    @Test
    void aDeadlineDecidesNothingInADeterministicRun() {
        ActorRef<GeneratorPool.Command> pool = kit.spawn(
                GeneratorPool.create(List.of(opening(first)), settings("freshet.deterministic = true"), events));
        ask(pool, 0);
        eventually(() -> held(first) == 1, "it is being generated");

        time.timePasses(TIMEOUT);

        kit.createTestProbe().expectTerminated(pool);
        answers.expectNoMessage(Duration.ZERO);
    }

    private ActorRef<GeneratorPool.Command> pool(Supplier<RolloutGenerator> engine) {
        return kit.spawn(GeneratorPool.create(List.of(engine), settings(""), events));
    }

    private ActorRef<GeneratorPool.Command> pool(Supplier<RolloutGenerator> one, Supplier<RolloutGenerator> other) {
        return kit.spawn(GeneratorPool.create(List.of(one, other), settings(""), events));
    }

    private static ActorSettings settings(String more) {
        return Samples.settings(
                "freshet.actors.generate-timeout = 60 s\nfreshet.actors.generate-attempts = 2\n" + more);
    }

    private static Supplier<RolloutGenerator> opening(List<SteeredGenerator> opened) {
        return () -> {
            SteeredGenerator engine = SteeredGenerator.holdsAll();
            opened.add(engine);
            return engine;
        };
    }

    private RolloutGenerator failToOpen() {
        failedToOpen.incrementAndGet();
        throw new IllegalStateException("no device");
    }

    /** A restart is scheduled at a moment that no test is told of. */
    private void letTimePassUntil(BooleanSupplier condition, String what) {
        eventually(
                () -> {
                    time.timePasses(Duration.ofSeconds(1));
                    return condition.getAsBoolean();
                },
                what);
    }

    private static int held(List<SteeredGenerator> engines) {
        return engines.stream().mapToInt(SteeredGenerator::holding).sum();
    }

    private void ask(ActorRef<GeneratorPool.Command> pool, long sequence) {
        pool.tell(new GeneratorPool.Generate(admitted(sequence), answers.getRef()));
    }

    private PoolState.Attempt attempt(long number, String generator) {
        GeneratorPool.Generate request = new GeneratorPool.Generate(admitted(number), answers.getRef());
        return new PoolState.Attempt(number, request, List.of(generator), false);
    }

    private static String chosen(PoolState state) {
        return state.choose(List.of()).orElseThrow().name();
    }

    private void assertPassed(long sequence) {
        assertThat(answers.receiveMessage()).isEqualTo(new Outcome.Passed<>(Samples.group(sequence)));
    }
}
