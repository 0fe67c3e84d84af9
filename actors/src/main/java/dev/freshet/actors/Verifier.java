package dev.freshet.actors;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import dev.freshet.model.rollout.RolloutGroup;
import dev.freshet.model.rollout.VerifiedGroup;
import dev.freshet.model.task.Task;
import dev.freshet.streams.AnswerPurpose;
import dev.freshet.streams.AnswerVerified;
import dev.freshet.streams.AnswerVerified.Result;
import dev.freshet.streams.DropReason;
import dev.freshet.streams.EventSink;
import dev.freshet.streams.Outcome;
import dev.freshet.streams.PipelineEvent.AnswersVerified;
import dev.freshet.streams.PipelineEvent.PartRestarted;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Rewards groups on threads of its own, one thread a group, its rollouts in order; or single answers, for who measures. Each
 * answer has a deadline, counted from when its verification begins; passing it interrupts the thread and ends the group as
 * unscorable, and so does a verifier that throws. A thread that ignores its interrupt is replaced, announced and counted; with
 * {@code verify-hung-limit} of them this actor fails, and with it the run.
 */
public final class Verifier extends AbstractBehavior<Verifier.Command> {
    public sealed interface Command {}

    public record Verify(RolloutGroup group, ActorRef<Outcome<VerifiedGroup>> replyTo) implements Command {}

    /** One answer of a group, which nobody but the asker is told of; whatever becomes of it, the others go on. */
    public record VerifyAnswer(RolloutGroup group, int rollout, ActorRef<AnswerVerified> replyTo) implements Command {}

    private record JobBegun(long job) implements Command {}

    private record JobEnded(long job, Outcome<VerifiedGroup> outcome, List<AnswerVerified> answers)
            implements Command {}

    private record MaybeOverdue(long job) implements Command {}

    private record ThreadHung(long job) implements Command {}

    /** Who hears of a job's end. */
    private interface Listener {
        void ended(Outcome<VerifiedGroup> outcome, List<AnswerVerified> answers);
    }

    /** A group, or one answer of it, on its thread. */
    private record Job(long sequence, Listener listener, Future<?> work, AnswerInHand inHand) {}

    /** What the thread of a job and this actor know of each other without a message for each answer. */
    private static final class AnswerInHand {
        private volatile long begunNanos;
        private volatile boolean givenUp;
    }

    public static Behavior<Command> create(Task task, Supplier<ActorSettings> settings, EventSink events) {
        return create(task, settings, events, System::nanoTime);
    }

    /** @param nanoTime a clock that goes with the actor system's timers */
    static Behavior<Command> create(
            Task task, Supplier<ActorSettings> settings, EventSink events, LongSupplier nanoTime) {
        return Behaviors.setup(context ->
                Behaviors.withTimers(timers -> new Verifier(task, settings, events, nanoTime, context, timers)));
    }

    private final GroupVerification verification;
    private final String verifierName;
    private final Supplier<ActorSettings> settings;
    private final EventSink events;
    private final LongSupplier nanoTime;
    private final TimerScheduler<Command> timers;
    private final VerifierThreads threads;
    private final Map<Long, Job> running = new HashMap<>();

    /** Given up, while their threads have not come back. */
    private final Map<Long, Job> hung = new HashMap<>();

    private long nextJob;

    private Verifier(
            Task task,
            Supplier<ActorSettings> settings,
            EventSink events,
            LongSupplier nanoTime,
            ActorContext<Command> context,
            TimerScheduler<Command> timers) {
        super(context);
        this.verification = new GroupVerification(task);
        this.verifierName = task.verifier().name();
        this.settings = settings;
        this.events = events;
        this.nanoTime = nanoTime;
        this.timers = timers;
        this.threads = new VerifierThreads(settings.get().verifyThreads());
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Verify.class, this::onVerify)
                .onMessage(VerifyAnswer.class, this::onVerifyAnswer)
                .onMessage(JobBegun.class, this::onJobBegun)
                .onMessage(JobEnded.class, this::onJobEnded)
                .onMessage(MaybeOverdue.class, this::onMaybeOverdue)
                .onMessage(ThreadHung.class, this::onThreadHung)
                .onSignal(PostStop.class, signal -> closeThreads())
                .build();
    }

    private Behavior<Command> onVerify(Verify command) {
        RolloutGroup group = command.group();
        begin(group, (outcome, answers) -> {
            events.accept(new AnswersVerified(group.sequence(), verifierName, AnswerPurpose.TRAINING, answers));
            command.replyTo().tell(outcome);
        });
        return this;
    }

    private Behavior<Command> onVerifyAnswer(VerifyAnswer command) {
        RolloutGroup group = command.group();
        RolloutGroup alone =
                new RolloutGroup(group.admitted(), List.of(group.rollouts().get(command.rollout())));
        begin(alone, (outcome, answers) -> command.replyTo().tell(answers.get(0)));
        return this;
    }

    private void begin(RolloutGroup group, Listener listener) {
        long job = nextJob++;
        AnswerInHand inHand = new AnswerInHand();
        ActorRef<Command> self = getContext().getSelf();
        Future<?> work = threads.run(() -> {
            inHand.begunNanos = nanoTime.getAsLong();
            self.tell(new JobBegun(job));
            List<AnswerVerified> answers = new ArrayList<>();
            Outcome<VerifiedGroup> outcome = verification.verify(
                    group,
                    () -> {
                        inHand.begunNanos = nanoTime.getAsLong();
                        return !inHand.givenUp;
                    },
                    answers::add);
            self.tell(new JobEnded(job, outcome, answers));
        });
        running.put(job, new Job(group.sequence(), listener, work, inHand));
    }

    private Behavior<Command> onJobBegun(JobBegun command) {
        if (running.containsKey(command.job())) {
            lookAgain(command.job(), settings.get().verifyDeadline());
        }
        return this;
    }

    private void lookAgain(long job, Duration after) {
        timers.startSingleTimer(job, new MaybeOverdue(job), after);
    }

    private Behavior<Command> onJobEnded(JobEnded command) {
        timers.cancel(command.job());
        Job answered = running.remove(command.job());
        if (answered != null) {
            answered.listener().ended(command.outcome(), command.answers());
        }
        if (hung.remove(command.job()) != null) {
            threads.replace(hung.size());
        }
        return this;
    }

    /** One timer serves all answers of a group: where the one in hand began later, it is started again for the rest of its time. */
    private Behavior<Command> onMaybeOverdue(MaybeOverdue command) {
        Job job = running.get(command.job());
        if (job == null) {
            return this;
        }
        Duration deadline = settings.get().verifyDeadline();
        Duration left = deadline.minusNanos(nanoTime.getAsLong() - job.inHand().begunNanos);
        if (left.isNegative() || left.isZero()) {
            giveUp(command.job(), job, deadline);
        } else {
            lookAgain(command.job(), left);
        }
        return this;
    }

    private void giveUp(long number, Job job, Duration deadline) {
        running.remove(number);
        String why =
                "verifier " + verifierName + " did not answer within " + deadline + " (freshet.actors.verify-deadline)";
        settings.get().refuseToDecideByDeadline(why);
        job.inHand().givenUp = true;
        job.work().cancel(true);
        job.listener()
                .ended(
                        new Outcome.Dropped<>(job.sequence(), DropReason.UNSCORABLE, why),
                        List.of(AnswerVerified.failed(Result.OVERDUE, deadline.toNanos() / 1e9)));
        hung.put(number, job);
        threads.replace(hung.size());
        timers.startSingleTimer(number, new ThreadHung(number), deadline);
    }

    private Behavior<Command> onThreadHung(ThreadHung command) {
        if (!hung.containsKey(command.job())) {
            return this;
        }
        String why = "verifier " + verifierName + " ignores its interrupt, " + hung.size() + " of its threads hang";
        int limit = settings.get().verifyHungLimit();
        if (hung.size() >= limit) {
            throw new IllegalStateException(why + ", the limit is " + limit + " (freshet.actors.verify-hung-limit)");
        }
        events.accept(new PartRestarted("verifier thread", why));
        return this;
    }

    private Behavior<Command> closeThreads() {
        threads.close();
        return this;
    }
}
