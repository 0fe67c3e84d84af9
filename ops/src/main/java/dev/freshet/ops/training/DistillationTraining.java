package dev.freshet.ops.training;

import dev.freshet.actors.DistillationFeed;
import dev.freshet.actors.RunPlan;
import dev.freshet.model.distillation.DistillationLearner;
import dev.freshet.model.distillation.DistillationSettings;
import dev.freshet.model.distillation.FidelitySettings;
import dev.freshet.model.distillation.StudentFidelity;
import dev.freshet.model.distillation.TrainingData;
import dev.freshet.ops.run.EventFanOut;
import dev.freshet.ops.run.RunFiles;
import dev.freshet.streams.EventSink;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;

/**
 * Distils a student from where it stands: its samples are measured, the stream of rounds runs to its end, and they are measured again.
 *
 * @param out told what is left out
 */
record DistillationTraining(RunLead lead, RunCheckpoints checkpoints, RunFiles files, PrintWriter out)
        implements Training {
    private static final String NO_POLICY =
            "a run of f-distill has no policy of tokens; look at what its student samples in its report, or in samples/";

    @Override
    public void from(StartingPoint start) throws Exception {
        RunConfiguration configuration = lead.configuration();
        EventSink events = lead.watch().events();
        DistillationSettings settings = configuration.distillation().orElseThrow();
        TrainingData data = settings.data().open(configuration.seed());
        FidelitySettings fidelity = FidelitySettings.from(configuration.config());
        try (DistillationLearner learner = DistillationLearner.start(settings, data, start.learner());
                StudentEvaluations evaluations = new StudentEvaluations(
                        fidelity,
                        new StudentFidelity(fidelity, data),
                        SamplePictures.of(data, fidelity.grid().extent(), files),
                        learner,
                        configuration.steps(),
                        events)) {
            lead.view().showsNoPolicy(NO_POLICY);
            events.accept(lead.started(start));
            start.news().forEach(events::accept);
            if (start.resumedFrom().isEmpty()) {
                events.accept(evaluations.measured());
            }
            lead.stream(plan(start, learner, new EventFanOut(List.of(events, evaluations))));
            measureAtTheEnd(evaluations, events);
        }
    }

    /** Whoever told the run to end does not want to wait. */
    private void measureAtTheEnd(StudentEvaluations evaluations, EventSink events) throws Exception {
        try {
            events.accept(lead.control().endWish().interruptible(() -> {
                evaluations.awaitEnd();
                return evaluations.measured();
            }));
        } catch (InterruptedException asked) {
            out.println("told to end, and so the samples are not measured at the end");
        }
    }

    private RunPlan plan(StartingPoint start, DistillationLearner learner, EventSink events) {
        RunConfiguration configuration = lead.configuration();
        return new RunPlan(
                lead.control().name(),
                new DistillationFeed(),
                learner,
                Optional.empty(),
                start.parameters(configuration.steering()),
                configuration.steering(),
                checkpoints,
                start.state(),
                start.ahead(),
                configuration.steps(),
                events,
                System::nanoTime);
    }
}
