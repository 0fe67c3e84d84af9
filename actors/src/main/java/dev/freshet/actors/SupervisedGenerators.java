package dev.freshet.actors;

import akka.actor.typed.ActorRef;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import dev.freshet.actors.PoolState.Member;
import dev.freshet.model.generation.RolloutGenerator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** How a {@link GeneratorPool} spawns its generators, and what becomes of one that fails. */
final class SupervisedGenerators {
    /** Loses the groups in progress; six failures, each within five minutes of the last, end it. */
    private static final SupervisorStrategy RESTART_WITH_A_FRESH_ENGINE = SupervisorStrategy.restartWithBackoff(
                    Duration.ofMillis(200), Duration.ofSeconds(30), 0.1)
            .withMaxRestarts(5)
            .withResetBackoffAfter(Duration.ofMinutes(5));

    private SupervisedGenerators() {}

    /** Watched by the pool, which is told at {@code starts} whenever one has opened an engine. */
    static List<Member> spawn(
            List<? extends Supplier<RolloutGenerator>> engines,
            ActorRef<Generator.Started> starts,
            ActorContext<GeneratorPool.Command> pool) {
        List<Member> members = new ArrayList<>();
        for (Supplier<RolloutGenerator> engine : engines) {
            String name = "generator-" + members.size();
            ActorRef<Generator.Command> generator = pool.spawn(
                    Behaviors.supervise(OutOfMemoryWatch.around(
                                    Generator.Command.class, Generator.create(name, engine, starts)))
                            .onFailure(RuntimeException.class, RESTART_WITH_A_FRESH_ENGINE),
                    name,
                    DispatcherSelector.fromConfig(ActorSettings.BLOCKING_DISPATCHER));
            pool.watch(generator);
            members.add(new Member(name, generator));
        }
        return members;
    }
}
