package dev.freshet.ops.training;

import dev.freshet.actors.Failures;
import dev.freshet.actors.RefusedException;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.weights.WeightRegistry;
import dev.freshet.streams.Asker;
import dev.freshet.streams.EventSink;
import dev.freshet.streams.MissedEvaluation;
import dev.freshet.streams.PipelineEvent;
import dev.freshet.streams.PipelineEvent.EvaluationCompleted;
import dev.freshet.streams.PipelineEvent.EvaluationMissed;
import dev.freshet.streams.PipelineEvent.StepTrained;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Has the policy measured every so many steps while training goes on, its suites one after another. A version is leased while the
 * event of its step is told, before the next step begins: what is measured is that version, whenever the measurement gets to it. One
 * round at a time; a step that is due during one is passed over, and what is missed is an event with its reason. Safe for threads.
 */
final class ScheduledEvaluations implements EventSink, AutoCloseable {
    private static final long CLOSE_SECONDS = 60;
    private static final String TOLD_TO_END = "the run was told to end";

    private final EvaluationSettings settings;
    private final long totalSteps;
    private final EvaluationSuites suites;
    private final PolicyEvaluator evaluator;
    private final WeightRegistry registry;
    private final EventSink events;
    private @Nullable Round underWay;
    private volatile boolean ending;

    /**
     * @param totalSteps of the run, whose last version is measured when it has ended
     * @param events told of what is missed; the evaluator tells of what is measured
     */
    ScheduledEvaluations(
            EvaluationSettings settings,
            long totalSteps,
            EvaluationSuites suites,
            PolicyEvaluator evaluator,
            WeightRegistry registry,
            EventSink events) {
        this.settings = settings;
        this.totalSteps = totalSteps;
        this.suites = suites;
        this.evaluator = evaluator;
        this.registry = registry;
        this.events = events;
    }

    /** A step's event comes before the next step begins. */
    @Override
    public void accept(PipelineEvent event) {
        if (event instanceof StepTrained step) {
            PolicyVersion version = step.report().version();
            if (settings.isDueAt(version.number()) && version.number() < totalSteps) {
                begin(version);
            }
        }
    }

    /** Begins nothing more, and gives up what is under way, soon. Takes no lock and waits for nobody. */
    void giveUp() {
        ending = true;
        var unused = CompletableFuture.runAsync(this::giveUpMeasuring);
    }

    /** Waits until nothing is being measured, as long as that may take. */
    void awaitEnd() throws InterruptedException, ExecutionException, TimeoutException {
        Round round = underWay();
        if (round != null) {
            long millis = settings.timeout().toMillis() * settings.suites().size();
            // Each evaluation has its own deadline, and then closes its engines.
            var unused = round.ended().get(millis + TimeUnit.MINUTES.toMillis(1), TimeUnit.MILLISECONDS);
        }
    }

    /** Gives up what is under way; what it held is given back then. */
    @Override
    public void close() {
        ending = true;
        Round round = underWay();
        if (round == null) {
            return;
        }
        round.giveUp();
        try {
            var unused = round.ended().get(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("scheduled evaluations did not end within " + CLOSE_SECONDS + " s", e);
        }
    }

    private void begin(PolicyVersion version) {
        Round round = new Round(registry.leaseNewest(), new ArrayDeque<>(suites.ofTheRun()));
        Round before = take(round);
        if (before == null) {
            next(round);
            return;
        }
        round.lease().close();
        String why = "the evaluation of " + before.version() + " is still under way: raise freshet.evaluation.interval,"
                + " or measure fewer prompts or samples";
        round.left().forEach(suite -> missed(suite, version, MissedEvaluation.SKIPPED, why));
    }

    /** @return the round that is under way already, and stays that; null if this is it now */
    private synchronized @Nullable Round take(Round round) {
        if (underWay != null) {
            return underWay;
        }
        underWay = round;
        return null;
    }

    private synchronized @Nullable Round underWay() {
        return underWay;
    }

    /** Measures the round's next suite, or ends it. On the thread of the last, or on that of the step. */
    private void next(Round round) {
        HeldOutEvaluation suite = round.left().poll();
        if (suite == null) {
            end(round);
        } else if (ending) {
            missed(suite, round.version(), MissedEvaluation.SKIPPED, TOLD_TO_END);
            next(round);
        } else {
            measure(round, suite);
        }
    }

    private void measure(Round round, HeldOutEvaluation suite) {
        Optional<CompletableFuture<EvaluationCompleted>> begun;
        try {
            begun = evaluator.begin(suite, round.lease().alone(), Asker.INTERVAL);
        } catch (RefusedException closed) {
            missed(suite, round.version(), MissedEvaluation.SKIPPED, String.valueOf(closed.getMessage()));
            next(round);
            return;
        }
        if (begun.isEmpty()) {
            missed(suite, round.version(), MissedEvaluation.SKIPPED, "an evaluation that a caller wanted is under way");
            next(round);
            return;
        }
        round.measuring(begun.get());
        var unused = begun.get().whenComplete((measured, failure) -> {
            if (failure != null) {
                missed(suite, round.version(), MissedEvaluation.FAILED, Failures.describe(failure));
            }
            next(round);
        });
        if (ending) {
            giveUpMeasuring();
        }
    }

    private void end(Round round) {
        round.lease().close();
        synchronized (this) {
            underWay = null;
        }
        round.ended().complete(round.version());
    }

    private void giveUpMeasuring() {
        Round round = underWay();
        if (round != null) {
            round.giveUp();
        }
    }

    private void missed(HeldOutEvaluation suite, PolicyVersion version, MissedEvaluation how, String why) {
        events.accept(new EvaluationMissed(suite.suite(), version, how, why));
    }

    /** The suites of one version that are left to be measured. */
    private static final class Round {
        private final WeightRegistry.Lease lease;
        private final Deque<HeldOutEvaluation> left;
        private final CompletableFuture<PolicyVersion> ended = new CompletableFuture<>();
        private volatile @Nullable CompletableFuture<EvaluationCompleted> measuring;

        private Round(WeightRegistry.Lease lease, Deque<HeldOutEvaluation> left) {
            this.lease = lease;
            this.left = left;
        }

        private WeightRegistry.Lease lease() {
            return lease;
        }

        private PolicyVersion version() {
            return lease.version();
        }

        private Deque<HeldOutEvaluation> left() {
            return left;
        }

        private CompletableFuture<PolicyVersion> ended() {
            return ended;
        }

        private void measuring(CompletableFuture<EvaluationCompleted> result) {
            measuring = result;
        }

        private void giveUp() {
            CompletableFuture<EvaluationCompleted> result = measuring;
            if (result != null) {
                result.completeExceptionally(
                        new RefusedException(RefusedException.Kind.FAILED_PRECONDITION, TOLD_TO_END));
            }
        }
    }
}
