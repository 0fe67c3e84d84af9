package dev.freshet.actors;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.ChildFailed;
import akka.actor.typed.Terminated;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import dev.freshet.actors.PoolState.Attempt;
import dev.freshet.actors.PoolState.Member;
import dev.freshet.model.generation.RolloutGenerator;
import dev.freshet.model.rollout.AdmittedPrompt;
import dev.freshet.model.rollout.RolloutGroup;
import dev.freshet.streams.DropReason;
import dev.freshet.streams.EventSink;
import dev.freshet.streams.Outcome;
import dev.freshet.streams.PipelineEvent.PartLeftOut;
import dev.freshet.streams.PipelineEvent.PartRestarted;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/**
 * Owns the generators and gives each group to the least busy of them. A group whose generator fails, stops or is late goes
 * to another, {@code generate-attempts} times at most, and then ends as failed: every request is answered exactly once. While
 * the generators are halted no deadline runs; a resume grants each group a full one. A generator that cannot be restarted any
 * more, or that hangs, is left out; without any, this actor fails, and with it the run.
 */
public final class GeneratorPool extends AbstractBehavior<GeneratorPool.Command> {
    public sealed interface Command {}

    public record Generate(AdmittedPrompt prompt, ActorRef<Outcome<RolloutGroup>> replyTo) implements Command {}

    public enum Halt implements Command {
        INSTANCE
    }

    public enum Resume implements Command {
        INSTANCE
    }

    /** The engines may have been halted for a pause that was refused: unless this pool has halted them, they go on. */
    public enum HaltRefused implements Command {
        INSTANCE
    }

    /** The stream that asked for all of these groups has ended: they are given up, and answered so. */
    public enum GiveUpAll implements Command {
        INSTANCE
    }

    private record GeneratorStarted(String generator) implements Command {}

    private record AttemptAnswered(Generator.Answer answer) implements Command {}

    private record AttemptOverdue(long number, Duration deadline) implements Command {}

    /** Told to the owner when the last generator hangs. This actor cannot end before that one, which may be never. */
    public record AllHang(String why) {}

    /**
     * @param engines one supplier a generator, called on a thread that may block, and again after every failure of its engine
     */
    public static Behavior<Command> create(
            List<? extends Supplier<RolloutGenerator>> engines,
            Supplier<ActorSettings> settings,
            EventSink events,
            ActorRef<AllHang> owner) {
        return Behaviors.setup(context ->
                Behaviors.withTimers(timers -> new GeneratorPool(engines, settings, events, owner, context, timers)));
    }

    private final Supplier<ActorSettings> settings;
    private final EventSink events;
    private final ActorRef<AllHang> owner;
    private final TimerScheduler<Command> timers;
    private final ActorRef<Generator.Answer> answers;
    private final PoolState state;

    private GeneratorPool(
            List<? extends Supplier<RolloutGenerator>> engines,
            Supplier<ActorSettings> settings,
            EventSink events,
            ActorRef<AllHang> owner,
            ActorContext<Command> context,
            TimerScheduler<Command> timers) {
        super(context);
        this.settings = settings;
        this.events = events;
        this.owner = owner;
        this.timers = timers;
        this.answers = context.messageAdapter(Generator.Answer.class, AttemptAnswered::new);
        this.state = new PoolState(SupervisedGenerators.spawn(
                engines,
                context.messageAdapter(Generator.Started.class, started -> new GeneratorStarted(started.generator())),
                context));
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Generate.class, this::onGenerate)
                .onMessage(AttemptAnswered.class, this::onAttemptAnswered)
                .onMessage(AttemptOverdue.class, this::onAttemptOverdue)
                .onMessage(GeneratorStarted.class, this::onGeneratorStarted)
                .onMessageEquals(Halt.INSTANCE, this::onHalt)
                .onMessageEquals(Resume.INSTANCE, this::onResume)
                .onMessageEquals(HaltRefused.INSTANCE, this::onHaltRefused)
                .onMessageEquals(GiveUpAll.INSTANCE, this::onGiveUpAll)
                .onSignal(Terminated.class, this::onTerminated)
                .build();
    }

    private Behavior<Command> onGenerate(Generate command) {
        attempt(command, List.of());
        return this;
    }

    private Behavior<Command> onAttemptAnswered(AttemptAnswered command) {
        timers.cancel(command.answer().attempt());
        state.end(command.answer().attempt()).ifPresent(attempt -> settle(attempt, command.answer()));
        return this;
    }

    private void settle(Attempt attempt, Generator.Answer answer) {
        if (answer instanceof Generator.NotGenerated failed) {
            attempt.generator().failed(failed.why());
            retry(attempt, failed.why());
        } else if (!attempt.abandoned() && answer instanceof Generator.Generated generated) {
            attempt.request().replyTo().tell(new Outcome.Passed<>(generated.group()));
        } else if (!attempt.abandoned() && answer instanceof Generator.TooLong tooLong) {
            drop(attempt.request(), DropReason.TOO_LONG, tooLong.why());
        }
    }

    private Behavior<Command> onAttemptOverdue(AttemptOverdue command) {
        state.attempt(command.number()).ifPresent(late -> giveUp(late, command.deadline()));
        return this;
    }

    private void giveUp(Attempt late, Duration deadline) {
        String name = late.generator().name();
        String why = name + " did not answer within " + deadline + " (freshet.actors.generate-timeout)";
        settings.get().refuseToDecideByDeadline(why);
        int silent = state.silentDeadlines(late);
        if (silent >= settings.get().generateHungLimit()) {
            leaveOutHung(late.generator(), why + " " + silent + " times in a row (freshet.actors.generate-hung-limit)");
            return;
        }
        state.abandon(late);
        retry(late, why);
    }

    /** A native call cannot be interrupted: the generator stops when its call returns, if ever. */
    private void leaveOutHung(Member member, String why) {
        getContext().unwatch(member.generator());
        getContext().stop(member.generator());
        if (state.members().size() == 1) {
            owner.tell(new AllHang("no generator is left; " + why));
        }
        leaveOut(member, why);
    }

    private Behavior<Command> onGeneratorStarted(GeneratorStarted command) {
        state.member(command.generator()).ifPresent(member -> {
            member.opened().ifPresent(why -> events.accept(new PartRestarted(member.name(), why)));
            member.generator().tell(state.isHalted() ? Generator.Halt.INSTANCE : Generator.Resume.INSTANCE);
        });
        return this;
    }

    private Behavior<Command> onHalt() {
        state.attempts().forEach(attempt -> timers.cancel(attempt.number()));
        state.members().forEach(member -> member.generator().tell(Generator.Halt.INSTANCE));
        state.halt();
        return this;
    }

    private Behavior<Command> onResume() {
        if (state.isHalted()) {
            state.resume();
            state.attempts().stream().filter(attempt -> !attempt.abandoned()).forEach(this::startDeadline);
            resumeMembers();
        }
        return this;
    }

    private Behavior<Command> onHaltRefused() {
        if (!state.isHalted()) {
            resumeMembers();
        }
        return this;
    }

    private void resumeMembers() {
        state.members().forEach(member -> member.generator().tell(Generator.Resume.INSTANCE));
    }

    private Behavior<Command> onGiveUpAll() {
        List<Attempt> given = state.endAll();
        given.forEach(attempt -> timers.cancel(attempt.number()));
        given.stream()
                .filter(attempt -> !attempt.abandoned())
                .forEach(attempt -> drop(attempt.request(), DropReason.FAILED, "given up: its stream has ended"));
        state.members().forEach(member -> member.generator().tell(Generator.Abandon.INSTANCE));
        return this;
    }

    private Behavior<Command> onTerminated(Terminated signal) {
        String name = signal.getRef().path().name();
        String why = name + " stopped: "
                + (signal instanceof ChildFailed failed ? Failures.describe(failed.cause()) : "it was told to");
        state.member(name).ifPresent(member -> leaveOut(member, why));
        return this;
    }

    private void leaveOut(Member member, String why) {
        List<Attempt> lost = state.leaveOut(member);
        if (state.members().isEmpty()) {
            throw new IllegalStateException("no generator is left; " + why);
        }
        events.accept(new PartLeftOut(member.name(), why));
        lost.forEach(attempt -> retry(attempt, why));
    }

    /** Unless another attempt is under way already. */
    private void retry(Attempt failed, String why) {
        timers.cancel(failed.number());
        if (failed.abandoned()) {
            return;
        }
        if (failed.tried().size() < settings.get().generateAttempts()) {
            attempt(failed.request(), failed.tried());
            return;
        }
        drop(
                failed.request(),
                DropReason.FAILED,
                "not generated in " + settings.get().generateAttempts()
                        + " attempts (freshet.actors.generate-attempts), the last: " + why);
    }

    private static void drop(Generate request, DropReason reason, String why) {
        request.replyTo().tell(new Outcome.Dropped<>(request.prompt().sequence(), reason, why));
    }

    private void attempt(Generate request, List<String> triedBefore) {
        Member member = state.choose(triedBefore).orElseThrow();
        Attempt attempt = state.begin(request, triedBefore, member);
        if (!state.isHalted()) {
            startDeadline(attempt);
        }
        member.generator().tell(new Generator.Generate(attempt.number(), request.prompt(), answers));
    }

    private void startDeadline(Attempt attempt) {
        Duration deadline = settings.get().generateTimeout();
        timers.startSingleTimer(attempt.number(), new AttemptOverdue(attempt.number(), deadline), deadline);
    }
}
