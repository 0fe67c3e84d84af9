package dev.freshet.actors;

import static dev.freshet.actors.Samples.admitted;
import static dev.freshet.actors.TestActors.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import dev.freshet.model.generation.RolloutGenerator;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.rollout.RolloutGroup;
import dev.freshet.streams.DropReason;
import dev.freshet.streams.Outcome;
import dev.freshet.streams.PipelineEvent.PartLeftOut;
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
    private final TestProbe<GeneratorPool.AllHang> owner = kit.createTestProbe();
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
        PoolState.Member one = new PoolState.Member("one", anyone);
        PoolState.Member other = new PoolState.Member("other", anyone);
        PoolState state = new PoolState(List.of(one, other));

        assertThat(state.choose(List.of())).contains(one);
        PoolState.Attempt first = begin(state, one);
        assertThat(state.choose(List.of())).contains(other);
        begin(state, other);
        assertThat(state.end(first.number())).contains(first);
        assertThat(state.choose(List.of())).contains(one);
    }

    @Test
    void givesTheGroupsOfAFailedGeneratorToAnother() {
        ActorRef<GeneratorPool.Command> pool = pool(opening(first), openingSecond());
        ask(pool, 0);
        eventually(() -> held(first) == 1, "the first generator has it");

        first.get(0).fail("CUDA error");

        eventually(() -> held(second) == 1, "the second generator has it");
        second.get(0).finish(0);
        assertPassed(0);
    }

    @Test
    void givesUpAllGroupsAndAnswersThem() {
        ActorRef<GeneratorPool.Command> pool = pool(opening(first), openingSecond());
        ask(pool, 0);
        ask(pool, 1);
        eventually(() -> held(first) + held(second) == 2, "both generators have one");

        pool.tell(GeneratorPool.GiveUpAll.INSTANCE);

        String why = "given up: its stream has ended";
        assertThat(List.of(answers.receiveMessage(), answers.receiveMessage()))
                .containsExactlyInAnyOrder(
                        new Outcome.Dropped<>(0, DropReason.FAILED, why),
                        new Outcome.Dropped<>(1, DropReason.FAILED, why));
        eventually(() -> held(first) + held(second) == 0, "the engines have given them up");
        ask(pool, 0);
        eventually(() -> held(first) + held(second) == 1, "the same group enters again");
        first.get(0).finish(0);
        second.get(0).finish(0);
        assertPassed(0);
        time.timePasses(TIMEOUT);
        answers.expectNoMessage(Duration.ZERO);
        assertThat(events.of(PartRestarted.class)).as("no engine has failed").isEmpty();
    }

    @Test
    void restartsAFailedGeneratorWithAFreshEngineAndSaysSo() {
        ActorRef<GeneratorPool.Command> pool = pool(opening(first), openingSecond());
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
        ActorRef<GeneratorPool.Command> pool = pool(opening(first), openingSecond());
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
        ActorRef<GeneratorPool.Command> pool = pool(opening(first), openingSecond());
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

    /** What waits for an engine that is opened anew reaches it before any message that its opening causes. */
    @Test
    void anEngineSamplesNothingBeforeItsOwnerHasHeardOfIt() {
        TestProbe<Generator.Started> pool = kit.createTestProbe();
        TestProbe<Generator.Answer> asker = kit.createTestProbe();
        SteeredGenerator engine = new SteeredGenerator(() -> PolicyVersion.INITIAL, prompt -> true);
        ActorRef<Generator.Command> generator = kit.spawn(Generator.create("generator-0", () -> engine, pool.getRef()));
        generator.tell(new Generator.Generate(0, Samples.admitted(0), asker.getRef()));
        pool.receiveMessage();
        eventually(() -> engine.holding() == 1, "the engine has the group");
        asker.expectNoMessage(Duration.ZERO);

        generator.tell(Generator.Resume.INSTANCE);

        assertThat(asker.receiveMessage()).isInstanceOf(Generator.Generated.class);
    }

    @Test
    void aRefusedHaltLetsEnginesGoOnUnlessAnotherHaltStands() {
        ActorRef<GeneratorPool.Command> pool = pool(opening(first));
        eventually(() -> first.size() == 1, "it is open");
        first.get(0).halt();

        pool.tell(GeneratorPool.HaltRefused.INSTANCE);
        eventually(() -> !first.get(0).isHalted(), "the engine goes on");

        pool.tell(GeneratorPool.Halt.INSTANCE);
        pool.tell(GeneratorPool.HaltRefused.INSTANCE);
        ask(pool, 0);
        eventually(() -> held(first) == 1, "all that came before has been heeded");
        assertThat(first.get(0).isHalted()).isTrue();
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
    void aPromptThatIsTooLongEndsItsGroupAndNothingElse() {
        ActorRef<GeneratorPool.Command> pool = pool(opening(first));
        ask(pool, 0);
        ask(pool, 1);
        eventually(() -> held(first) == 2, "both are being generated");

        first.get(0).refuse(0, "a prompt of 90 tokens");

        assertThat(answers.receiveMessage())
                .isEqualTo(new Outcome.Dropped<>(0, DropReason.TOO_LONG, "a prompt of 90 tokens"));
        first.get(0).finish(1);
        assertPassed(1);
        assertThat(first).hasSize(1);
    }

    @Test
    void leavesOutAGeneratorThatHangsAndSaysSo() {
        ActorRef<GeneratorPool.Command> pool =
                pool("freshet.actors.generate-hung-limit = 1", List.of(opening(first), openingSecond()));
        ask(pool, 0);
        eventually(() -> held(first) == 1, "it is being generated");

        time.timePasses(TIMEOUT);

        assertThat(events.next(PartLeftOut.class))
                .isEqualTo(new PartLeftOut(
                        "generator-0",
                        "generator-0 did not answer within PT1M (freshet.actors.generate-timeout) 1 times in a row"
                                + " (freshet.actors.generate-hung-limit)"));
        eventually(() -> held(second) == 1, "the other has its group");
        second.get(0).finish(0);
        assertPassed(0);
        owner.expectNoMessage(Duration.ZERO);
    }

    @Test
    void failsAndTellsItsOwnerWhenTheLastGeneratorHangs() {
        ActorRef<GeneratorPool.Command> pool = pool("freshet.actors.generate-hung-limit = 2", List.of(opening(first)));
        ask(pool, 0);
        eventually(() -> held(first) == 1, "first attempt");
        time.timePasses(TIMEOUT);
        eventually(() -> first.get(0).asked() == 2, "second attempt");
        owner.expectNoMessage(Duration.ZERO);

        time.timePasses(TIMEOUT);

        assertThat(owner.receiveMessage())
                .isEqualTo(new GeneratorPool.AllHang("no generator is left; generator-0 did not answer within PT1M"
                        + " (freshet.actors.generate-timeout) 2 times in a row (freshet.actors.generate-hung-limit)"));
        kit.createTestProbe().expectTerminated(pool);
    }

    @Test
    void aSlowGeneratorDoesNotHang() {
        ActorRef<Generator.Command> anyone =
                kit.<Generator.Command>createTestProbe().getRef();
        PoolState.Member slow = new PoolState.Member("slow", anyone);
        PoolState state = new PoolState(List.of(slow));
        PoolState.Attempt early = begin(state, slow);
        PoolState.Attempt lateToo = begin(state, slow);

        assertThat(state.silentDeadlines(early)).isEqualTo(1);
        assertThat(state.silentDeadlines(lateToo))
                .as("given before the deadline that was counted")
                .isEqualTo(1);
        PoolState.Attempt next = begin(state, slow);
        assertThat(state.silentDeadlines(next)).isEqualTo(2);
        state.abandon(early);
        assertThat(state.end(early.number())).as("an answer, if too late").isPresent();
        assertThat(state.silentDeadlines(begin(state, slow))).isEqualTo(1);
    }

    @Test
    void aDeadlineDecidesNothingInADeterministicRun() {
        ActorRef<GeneratorPool.Command> pool = pool("freshet.deterministic = true", List.of(opening(first)));
        ask(pool, 0);
        eventually(() -> held(first) == 1, "it is being generated");

        time.timePasses(TIMEOUT);

        kit.createTestProbe().expectTerminated(pool);
        answers.expectNoMessage(Duration.ZERO);
    }

    private ActorRef<GeneratorPool.Command> pool(Supplier<RolloutGenerator> engine) {
        return pool("", List.of(engine));
    }

    private ActorRef<GeneratorPool.Command> pool(Supplier<RolloutGenerator> one, Supplier<RolloutGenerator> other) {
        return pool("", List.of(one, other));
    }

    private ActorRef<GeneratorPool.Command> pool(String more, List<Supplier<RolloutGenerator>> engines) {
        return kit.spawn(GeneratorPool.create(engines, () -> settings(more), events, owner.getRef()));
    }

    private static ActorSettings settings(String more) {
        return Samples.settings(
                "freshet.actors.generate-timeout = 60 s\nfreshet.actors.generate-attempts = 2\n" + more);
    }

    /** Opens when the first has been asked: a pool prefers those that are open. */
    private Supplier<RolloutGenerator> openingSecond() {
        Supplier<RolloutGenerator> opening = opening(second);
        return () -> {
            eventually(() -> first.stream().anyMatch(engine -> engine.asked() > 0), "the first generator is asked");
            return opening.get();
        };
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

    private PoolState.Attempt begin(PoolState state, PoolState.Member member) {
        return state.begin(new GeneratorPool.Generate(admitted(0), answers.getRef()), List.of(), member);
    }

    private void assertPassed(long sequence) {
        assertThat(answers.receiveMessage()).isEqualTo(new Outcome.Passed<>(Samples.group(sequence)));
    }
}
