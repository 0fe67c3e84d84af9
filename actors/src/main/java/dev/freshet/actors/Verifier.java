package dev.freshet.actors;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.TimerScheduler;
import dev.freshet.model.rollout.RolloutGroup;
import dev.freshet.model.rollout.VerifiedGroup;
import dev.freshet.model.task.Task;
import dev.freshet.streams.DropReason;
import dev.freshet.streams.EventSink;
import dev.freshet.streams.Outcome;
import dev.freshet.streams.PipelineEvent.PartRestarted;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Rewards groups on threads of its own, one thread a group, its rollouts in order. Each answer has a deadline, counted from
 * when its verification begins; passing it interrupts the thread and ends the group as unscorable, and so does a verifier
 * that throws. A thread that ignores its interrupt is replaced, announced and counted; with {@code verify-hung-limit} of them
 * this actor fails, and with it the run.
 */
public final class Verifier {
    public sealed interface Command {}

    public record Verify(RolloutGroup group, ActorRef<Outcome<VerifiedGroup>> replyTo) implements Command {}

    private record AnswerBegun(long job) implements Command {}

    private record JobEnded(long job, Outcome<VerifiedGroup> outcome) implements Command {}

    private record AnswerOverdue(long job) implements Command {}

    private record ThreadHung(long job) implements Command {}

    /** A group on its thread. */
    private record Job(Verify request, Future<?> work, AtomicBoolean givenUp) {}

    /**
     * @param running by number
     * @param hung the groups that were given up while their threads have not come back
     */
    private record Jobs(Map<Long, Job> running, Map<Long, Job> hung, long next) {
        Jobs started(Job job) {
            Map<Long, Job> more = new HashMap<>(running);
            more.put(next, job);
            return new Jobs(more, hung, next + 1);
        }

        Jobs ended(long number) {
            Map<Long, Job> stillRunning = new HashMap<>(running);
            stillRunning.remove(number);
            Map<Long, Job> stillHung = new HashMap<>(hung);
            stillHung.remove(number);
            return new Jobs(stillRunning, stillHung, next);
        }

        Jobs givenUp(long number, Job job) {
            Jobs rest = ended(number);
            Map<Long, Job> moreHung = new HashMap<>(rest.hung);
            moreHung.put(number, job);
            return new Jobs(rest.running, moreHung, next);
        }
    }

    public static Behavior<Command> create(Task task, ActorSettings settings, EventSink events) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers ->
                new Verifier(task, settings, events, context, timers).verifying(new Jobs(Map.of(), Map.of(), 0))));
    }

    private final GroupVerification verification;
    private final String verifierName;
    private final ActorSettings settings;
    private final EventSink events;
    private final ActorContext<Command> context;
    private final TimerScheduler<Command> timers;
    private final VerifierThreads threads;

    private Verifier(
            Task task,
            ActorSettings settings,
            EventSink events,
            ActorContext<Command> context,
            TimerScheduler<Command> timers) {
        this.verification = new GroupVerification(task);
        this.verifierName = task.verifier().name();
        this.settings = settings;
        this.events = events;
        this.context = context;
        this.timers = timers;
        this.threads = new VerifierThreads(settings.verifyThreads());
    }

    private Behavior<Command> verifying(Jobs jobs) {
        return Behaviors.receive(Command.class)
                .onMessage(Verify.class, command -> onVerify(jobs, command))
                .onMessage(AnswerBegun.class, command -> onAnswerBegun(jobs, command))
                .onMessage(JobEnded.class, command -> onJobEnded(jobs, command))
                .onMessage(AnswerOverdue.class, command -> onAnswerOverdue(jobs, command))
                .onMessage(ThreadHung.class, command -> onThreadHung(jobs, command))
                .onSignal(PostStop.class, signal -> closeThreads())
                .build();
    }

    private Behavior<Command> onVerify(Jobs jobs, Verify command) {
        long job = jobs.next();
        AtomicBoolean givenUp = new AtomicBoolean();
        ActorRef<Command> self = context.getSelf();
        Future<?> work = threads.run(() -> {
            Outcome<VerifiedGroup> outcome = verification.verify(command.group(), () -> {
                self.tell(new AnswerBegun(job));
                return !givenUp.get();
            });
            self.tell(new JobEnded(job, outcome));
        });
        return verifying(jobs.started(new Job(command, work, givenUp)));
    }

    private Behavior<Command> onAnswerBegun(Jobs jobs, AnswerBegun command) {
        if (jobs.running().containsKey(command.job())) {
            timers.startSingleTimer(command.job(), new AnswerOverdue(command.job()), settings.verifyDeadline());
        }
        return Behaviors.same();
    }

    private Behavior<Command> onJobEnded(Jobs jobs, JobEnded command) {
        timers.cancel(command.job());
        Job answered = jobs.running().get(command.job());
        if (answered != null) {
            answered.request().replyTo().tell(command.outcome());
        }
        Jobs rest = jobs.ended(command.job());
        threads.replace(rest.hung().size());
        return verifying(rest);
    }

    private Behavior<Command> onAnswerOverdue(Jobs jobs, AnswerOverdue command) {
        Job job = jobs.running().get(command.job());
        if (job == null) {
            return Behaviors.same();
        }
        String why = "verifier " + verifierName + " did not answer within " + settings.verifyDeadline()
                + " (freshet.actors.verify-deadline)";
        settings.refuseToDecideByDeadline(why);
        job.givenUp().set(true);
        job.work().cancel(true);
        long sequence = job.request().group().sequence();
        job.request().replyTo().tell(new Outcome.Dropped<>(sequence, DropReason.UNSCORABLE, why));
        Jobs rest = jobs.givenUp(command.job(), job);
        threads.replace(rest.hung().size());
        timers.startSingleTimer(command.job(), new ThreadHung(command.job()), settings.verifyDeadline());
        return verifying(rest);
    }

    private Behavior<Command> onThreadHung(Jobs jobs, ThreadHung command) {
        if (!jobs.hung().containsKey(command.job())) {
            return Behaviors.same();
        }
        int hung = jobs.hung().size();
        String why = "verifier " + verifierName + " ignores its interrupt, " + hung + " of its threads hang";
        if (hung >= settings.verifyHungLimit()) {
            throw new IllegalStateException(
                    why + ", the limit is " + settings.verifyHungLimit() + " (freshet.actors.verify-hung-limit)");
        }
        events.accept(new PartRestarted("verifier thread", why));
        return Behaviors.same();
    }

    private Behavior<Command> closeThreads() {
        threads.close();
        return Behaviors.same();
    }
}
