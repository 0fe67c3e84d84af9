package dev.freshet.ops.training;

import dev.freshet.actors.ActorSettings;
import dev.freshet.actors.Failures;
import dev.freshet.actors.RunPlan;
import dev.freshet.model.learning.DecoderLearner;
import dev.freshet.model.learning.ReferenceDistance;
import dev.freshet.model.learning.ReferenceWeights;
import dev.freshet.model.learning.SampledReferenceDistance;
import dev.freshet.model.objective.Regularisation;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.weights.WeightRegistry;
import dev.freshet.ops.run.EventFanOut;
import dev.freshet.ops.training.EvaluationScope.OpenedReference;
import dev.freshet.ops.training.EvaluationSettings.End;
import dev.freshet.streams.Asker;
import dev.freshet.streams.EventSink;
import dev.freshet.streams.MissedEvaluation;
import dev.freshet.streams.PipelineEvent;
import dev.freshet.streams.PipelineEvent.EvaluationMissed;
import java.io.PrintWriter;
import java.util.List;

/**
 * Trains a policy from where it stands: what is native is opened, the policy is measured, the stream runs to its end, and the policy
 * is measured again. An evaluation that fails is an event, and nothing else fails with it.
 *
 * @param first what earlier processes of the run measured at version 0
 * @param out told what is left out
 */
record PolicyTraining(
        RunConfiguration configuration,
        StartingRun control,
        ObservedRun view,
        RunCheckpoints checkpoints,
        RunWatch watch,
        FirstScores first,
        PrintWriter out)
        implements Training {
    @Override
    public void from(StartingPoint start) throws Exception {
        EventSink events = watch.events();
        EvaluationSuites suites = EvaluationSuites.of(
                new EvaluationScope(configuration, this::settingsInForce, reference(start), first, events));
        try (WeightRegistry registry = new WeightRegistry(
                        configuration.decoder(), configuration.generation().device());
                DecoderLearner learner = DecoderLearner.start(
                        configuration.decoder(),
                        configuration.learner(),
                        start.learner(),
                        registry,
                        watch.stepMonitor(configuration.monitors()),
                        configuration.hasReference() ? start::reference : ReferenceWeights.NONE);
                PolicyAccess access =
                        PolicyAccess.to(registry, configuration, suites, this::temperatureInForce, events);
                ScheduledEvaluations scheduled = new ScheduledEvaluations(
                        configuration.evaluation(),
                        configuration.steps(),
                        suites,
                        access.evaluator(),
                        registry,
                        events)) {
            control.endWish().tell(scheduled::giveUp);
            view.shows(access);
            events.accept(lead().started(start));
            start.news().forEach(events::accept);
            if (start.resumedFrom().isEmpty() && isMeasuredAt(End.START)) {
                control.does("measuring its held-out suites");
                measure(suites, registry);
            }
            control.does("opening its data");
            try (OpenedFeed opened = OpenedFeed.open(configuration, start, registry, watch, control.endWish(), out)) {
                lead().stream(plan(start, opened, learner, new EventFanOut(List.of(events, scheduled))));
            }
            measureAtTheEnd(suites, scheduled, registry);
        }
    }

    private RunLead lead() {
        return new RunLead(configuration, control, view, watch);
    }

    private RunPlan plan(StartingPoint start, OpenedFeed opened, DecoderLearner learner, EventSink events) {
        return new RunPlan(
                control.name(),
                opened.feed(),
                configuration.learnerCpus().around(learner),
                opened.scorer(),
                start.parameters(configuration.steering()),
                configuration.steering(),
                checkpoints,
                start.state(),
                start.ahead(),
                configuration.steps(),
                events,
                System::nanoTime);
    }

    /** Whoever told the run to end does not want to wait for minutes of evaluation. */
    private void measureAtTheEnd(EvaluationSuites suites, ScheduledEvaluations scheduled, WeightRegistry registry)
            throws Exception {
        try {
            var unused = control.endWish().interruptible(() -> {
                scheduled.awaitEnd();
                return true;
            });
            if (isMeasuredAt(End.END)) {
                measure(suites, registry);
            }
        } catch (InterruptedException asked) {
            out.println("told to end, and so not evaluated at the end; freshet eval does that with a checkpoint");
        }
    }

    private boolean isMeasuredAt(End end) {
        return configuration.evaluation().at().contains(end);
    }

    private void measure(EvaluationSuites suites, WeightRegistry registry) throws InterruptedException {
        for (HeldOutEvaluation suite : suites.ofTheRun()) {
            watch.events().accept(measured(suite, registry));
        }
    }

    private PipelineEvent measured(HeldOutEvaluation suite, WeightRegistry registry) throws InterruptedException {
        try {
            return control.endWish().interruptible(() -> suite.measure(registry, Asker.RUN));
        } catch (InterruptedException asked) {
            throw asked;
        } catch (Exception failure) {
            PolicyVersion version = registry.newest().orElse(PolicyVersion.INITIAL);
            return new EvaluationMissed(suite.suite(), version, MissedEvaluation.FAILED, Failures.describe(failure));
        }
    }

    private OpenedReference reference(StartingPoint start) {
        return configuration.hasReference()
                ? () -> SampledReferenceDistance.start(
                        configuration.decoder(),
                        configuration.scorer(),
                        configuration.monitors(),
                        regularisationInForce(),
                        start.reference())
                : () -> ReferenceDistance.NONE;
    }

    /** Known at once; as configured while the run has not begun. */
    private ActorSettings settingsInForce() {
        return control.parameters()
                .handle((inForce, notRunning) -> notRunning == null ? inForce.settings() : configuration.actors())
                .toCompletableFuture()
                .join();
    }

    /** Known at once; as configured while the run has not begun. */
    private Regularisation regularisationInForce() {
        return control.parameters()
                .handle((inForce, notRunning) -> notRunning == null
                        ? inForce.objective().regularisation()
                        : configuration.objective().regularisation())
                .toCompletableFuture()
                .join();
    }

    /** Known at once; the configured one while the run has not begun. */
    private double temperatureInForce() {
        return control.parameters()
                .handle((inForce, notRunning) -> notRunning == null
                        ? inForce.temperature()
                        : configuration.generation().sampling().temperature())
                .toCompletableFuture()
                .join();
    }
}
