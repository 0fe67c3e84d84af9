package dev.freshet.actors;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.ChildFailed;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.Terminated;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.TimerScheduler;
import dev.freshet.actors.PoolState.Attempt;
import dev.freshet.actors.PoolState.Member;
import dev.freshet.model.generation.RolloutGenerator;
import dev.freshet.model.rollout.AdmittedPrompt;
import dev.freshet.model.rollout.RolloutGroup;
import dev.freshet.streams.DropReason;
import dev.freshet.streams.EventSink;
import dev.freshet.streams.Outcome;
import dev.freshet.streams.PipelineEvent.PartRestarted;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Owns the generators and gives each group to the least busy of them. A group whose generator fails, stops or is late goes
 * to another, {@code generate-attempts} times at most, and then ends as failed: every request is answered exactly once. While
 * the generators are halted no deadline runs; a resume grants each group a full one. A generator that cannot be restarted any
 * more is left out; without any, this actor fails, and with it the run.
 */
public final class GeneratorPool {
    /** Loses the groups in progress; six failures, each within five minutes of the last, end it. */
    static final SupervisorStrategy RESTART_WITH_A_FRESH_ENGINE = SupervisorStrategy.restartWithBackoff(
                    Duration.ofMillis(200), Duration.ofSeconds(30), 0.1)
            .withMaxRestarts(5)
            .withResetBackoffAfter(Duration.ofMinutes(5));

    public sealed interface Command {}

    public record Generate(AdmittedPrompt prompt, ActorRef<Outcome<RolloutGroup>> replyTo) implements Command {}

    public enum Halt implements Command {
        INSTANCE
    }

    public enum Resume implements Command {
        INSTANCE
    }

    private record GeneratorStarted(String generator) implements Command {}

    private record GroupGenerated(Generator.Generated answer) implements Command {}

    private record AttemptFailed(Generator.NotGenerated answer) implements Command {}

    private record AttemptOverdue(long number) implements Command {}

    /**
     * @param engines one supplier a generator, called on a thread that may block, and again after every failure of its engine
     */
    public static Behavior<Command> create(
            List<Supplier<RolloutGenerator>> engines, ActorSettings settings, EventSink events) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            GeneratorPool pool = new GeneratorPool(settings, events, context, timers);
            return pool.serving(PoolState.of(pool.spawnAll(engines)));
        }));
    }

    private final ActorSettings settings;
    private final EventSink events;
    private final ActorContext<Command> context;
    private final TimerScheduler<Command> timers;
    private final ActorRef<Generator.Answer> answers;

    private GeneratorPool(
            ActorSettings settings, EventSink events, ActorContext<Command> context, TimerScheduler<Command> timers) {
        this.settings = settings;
        this.events = events;
        this.context = context;
        this.timers = timers;
        this.answers = context.messageAdapter(Generator.Answer.class, GeneratorPool::wrap);
    }

    private static Command wrap(Generator.Answer answer) {
        return answer instanceof Generator.Generated generated
                ? new GroupGenerated(generated)
                : new AttemptFailed((Generator.NotGenerated) answer);
    }

    private List<Member> spawnAll(List<Supplier<RolloutGenerator>> engines) {
        ActorRef<Generator.Started> starts =
                context.messageAdapter(Generator.Started.class, started -> new GeneratorStarted(started.generator()));
        List<Member> members = new ArrayList<>();
        for (Supplier<RolloutGenerator> engine : engines) {
            String name = "generator-" + members.size();
            ActorRef<Generator.Command> generator = context.spawn(
                    Behaviors.supervise(Generator.create(name, engine, starts))
                            .onFailure(RuntimeException.class, RESTART_WITH_A_FRESH_ENGINE),
                    name,
                    DispatcherSelector.fromConfig(ActorSettings.BLOCKING_DISPATCHER));
            context.watch(generator);
            members.add(Member.opening(name, generator));
        }
        return members;
    }

    private Behavior<Command> serving(PoolState state) {
        return Behaviors.receive(Command.class)
                .onMessage(Generate.class, command -> onGenerate(state, command))
                .onMessage(GroupGenerated.class, command -> onGroupGenerated(state, command))
                .onMessage(AttemptFailed.class, command -> onAttemptFailed(state, command))
                .onMessage(AttemptOverdue.class, command -> onAttemptOverdue(state, command))
                .onMessage(GeneratorStarted.class, command -> onGeneratorStarted(state, command))
                .onMessageEquals(Halt.INSTANCE, () -> onHalt(state))
                .onMessageEquals(Resume.INSTANCE, () -> onResume(state))
                .onSignal(Terminated.class, signal -> onTerminated(state, signal))
                .build();
    }

    private Behavior<Command> onGenerate(PoolState state, Generate command) {
        return serving(attempt(state, command, List.of()));
    }

    private Behavior<Command> onGroupGenerated(PoolState state, GroupGenerated command) {
        Attempt attempt = state.attempts().get(command.answer().attempt());
        if (attempt == null) {
            return Behaviors.same();
        }
        timers.cancel(attempt.number());
        if (!attempt.abandoned()) {
            attempt.request()
                    .replyTo()
                    .tell(new Outcome.Passed<>(command.answer().group()));
        }
        return serving(state.without(attempt));
    }

    private Behavior<Command> onAttemptFailed(PoolState state, AttemptFailed command) {
        Attempt attempt = state.attempts().get(command.answer().attempt());
        if (attempt == null) {
            return Behaviors.same();
        }
        String why = command.answer().why();
        PoolState rest = markFailed(state.without(attempt), attempt.generator(), why);
        return serving(attempt.abandoned() ? rest : retry(rest, attempt, why));
    }

    private Behavior<Command> onAttemptOverdue(PoolState state, AttemptOverdue command) {
        Attempt attempt = state.attempts().get(command.number());
        if (attempt == null) {
            return Behaviors.same();
        }
        String why = attempt.generator() + " did not answer within " + settings.generateTimeout()
                + " (freshet.actors.generate-timeout)";
        settings.refuseToDecideByDeadline(why);
        Attempt abandoned = new Attempt(attempt.number(), attempt.request(), attempt.tried(), true);
        return serving(retry(state.with(abandoned), attempt, why));
    }

    private Behavior<Command> onGeneratorStarted(PoolState state, GeneratorStarted command) {
        Member member = state.members().get(command.generator());
        if (member == null) {
            return Behaviors.same();
        }
        member.failure().ifPresent(why -> events.accept(new PartRestarted(member.name(), why)));
        if (state.halted()) {
            member.generator().tell(Generator.Halt.INSTANCE);
        }
        return serving(state.with(member.opened()));
    }

    private Behavior<Command> onHalt(PoolState state) {
        state.attempts().keySet().forEach(timers::cancel);
        state.members().values().forEach(member -> member.generator().tell(Generator.Halt.INSTANCE));
        return serving(state.withHalted(true));
    }

    private Behavior<Command> onResume(PoolState state) {
        if (!state.halted()) {
            return Behaviors.same();
        }
        state.attempts().values().stream()
                .filter(attempt -> !attempt.abandoned())
                .forEach(attempt -> startDeadline(attempt.number()));
        state.members().values().forEach(member -> member.generator().tell(Generator.Resume.INSTANCE));
        return serving(state.withHalted(false));
    }

    private Behavior<Command> onTerminated(PoolState state, Terminated signal) {
        String name = signal.getRef().path().name();
        String why = name + " stopped: "
                + (signal instanceof ChildFailed failed ? Failures.describe(failed.cause()) : "it was told to");
        List<Attempt> lost = state.attemptsOf(name);
        PoolState rest = state.without(name);
        if (rest.members().isEmpty()) {
            throw new IllegalStateException("no generator is left; " + why);
        }
        for (Attempt attempt : lost) {
            timers.cancel(attempt.number());
            rest = attempt.abandoned() ? rest : retry(rest, attempt, why);
        }
        return serving(rest);
    }

    private static PoolState markFailed(PoolState state, String generator, String why) {
        return Optional.ofNullable(state.members().get(generator))
                .map(member -> state.with(member.failed(why)))
                .orElse(state);
    }

    private PoolState retry(PoolState state, Attempt failed, String why) {
        timers.cancel(failed.number());
        if (failed.tried().size() < settings.generateAttempts()) {
            return attempt(state, failed.request(), failed.tried());
        }
        failed.request()
                .replyTo()
                .tell(new Outcome.Dropped<>(
                        failed.request().prompt().sequence(),
                        DropReason.FAILED,
                        "not generated in " + settings.generateAttempts()
                                + " attempts (freshet.actors.generate-attempts), the last: " + why));
        return state;
    }

    private PoolState attempt(PoolState state, Generate request, List<String> triedBefore) {
        Member member = state.choose(triedBefore).orElseThrow();
        List<String> tried = new ArrayList<>(triedBefore);
        tried.add(member.name());
        Attempt attempt = new Attempt(state.nextNumber(), request, tried, false);
        if (!state.halted()) {
            startDeadline(attempt.number());
        }
        member.generator().tell(new Generator.Generate(attempt.number(), request.prompt(), answers));
        return state.with(attempt);
    }

    private void startDeadline(long attempt) {
        timers.startSingleTimer(attempt, new AttemptOverdue(attempt), settings.generateTimeout());
    }
}
