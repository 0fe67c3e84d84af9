package dev.freshet.ops.cli;

import dev.freshet.model.learning.StepReport;
import dev.freshet.ops.run.RunSummary;
import dev.freshet.streams.EventSink;
import dev.freshet.streams.PipelineEvent;
import dev.freshet.streams.PipelineEvent.AnswersVerified;
import dev.freshet.streams.PipelineEvent.ChangeScheduled;
import dev.freshet.streams.PipelineEvent.CheckpointFailed;
import dev.freshet.streams.PipelineEvent.CheckpointRefused;
import dev.freshet.streams.PipelineEvent.CheckpointWritten;
import dev.freshet.streams.PipelineEvent.DeletionFailed;
import dev.freshet.streams.PipelineEvent.DivergenceSwitched;
import dev.freshet.streams.PipelineEvent.DivergencesMeasured;
import dev.freshet.streams.PipelineEvent.EvaluationCompleted;
import dev.freshet.streams.PipelineEvent.EvaluationMissed;
import dev.freshet.streams.PipelineEvent.FidelityMeasured;
import dev.freshet.streams.PipelineEvent.FileDeleted;
import dev.freshet.streams.PipelineEvent.GroupDropped;
import dev.freshet.streams.PipelineEvent.GroupsReturned;
import dev.freshet.streams.PipelineEvent.GroupsTakenBack;
import dev.freshet.streams.PipelineEvent.ObjectiveSwitched;
import dev.freshet.streams.PipelineEvent.ParameterChanged;
import dev.freshet.streams.PipelineEvent.PartLeftOut;
import dev.freshet.streams.PipelineEvent.PartRestarted;
import dev.freshet.streams.PipelineEvent.ReferenceScored;
import dev.freshet.streams.PipelineEvent.RolledBack;
import dev.freshet.streams.PipelineEvent.RolloutsSampled;
import dev.freshet.streams.PipelineEvent.RunFinished;
import dev.freshet.streams.PipelineEvent.RunStarted;
import dev.freshet.streams.PipelineEvent.StateChanged;
import dev.freshet.streams.PipelineEvent.SteeringTakenBack;
import dev.freshet.streams.PipelineEvent.StepMeasured;
import dev.freshet.streams.PipelineEvent.StepTrained;
import dev.freshet.streams.PipelineEvent.TailCut;
import dev.freshet.streams.PipelineEvent.WarmUpProgressed;
import dev.freshet.streams.PipelineEvent.WeightsTakenUp;
import dev.freshet.streams.PipelineEventVisitor;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Shows a person how the run goes: a bar while it warms up, then a line that follows the steps, and what else happens above it. */
public final class ProgressDisplay implements EventSink, PipelineEventVisitor<Void>, AutoCloseable {
    private static final int BAR_CELLS = 20;

    private final Terminal terminal;
    private final RemainingTime warmUpTime;
    private final RemainingTime scoringTime;
    private final RemainingTime trainingTime;
    private int totalSteps;

    ProgressDisplay(Terminal terminal, Clock clock) {
        this.terminal = terminal;
        this.warmUpTime = new RemainingTime(clock);
        this.scoringTime = new RemainingTime(clock);
        this.trainingTime = new RemainingTime(clock);
    }

    /** Shows on {@code out}, which is standard output. */
    public static ProgressDisplay on(PrintWriter out, Clock clock) {
        return new ProgressDisplay(Terminal.standardOutput(out, clock), clock);
    }

    @Override
    public synchronized void accept(PipelineEvent event) {
        event.accept(this);
    }

    /** Leaves the last line as it is, so that what is printed next begins below it; also after a failure in mid-run. */
    @Override
    public synchronized void close() {
        terminal.keep();
    }

    @Override
    public Void onRunStarted(RunStarted event) {
        totalSteps = event.totalSteps();
        String start = event.resumedFrom() < 0 ? "starts" : "goes on from v" + event.resumedFrom();
        return note(
                "run %s %s: %d steps, seed %d, staleness at most %d",
                event.run(), start, totalSteps, event.seed(), event.stalenessBound());
    }

    @Override
    public Void onGroupsTakenBack(GroupsTakenBack event) {
        return note(
                "taken up from %s: %s, %d groups in flight enter again",
                event.checkpoint(), event.version(), event.groups());
    }

    @Override
    public Void onWarmUpProgressed(WarmUpProgressed event) {
        List<String> parts = new ArrayList<>();
        parts.add("warm-up " + bar(event.step(), event.totalSteps()));
        parts.add(format("%d/%d", event.step(), event.totalSteps()));
        warmUpTime.after(event.step(), event.totalSteps()).ifPresent(parts::add);
        parts.add(format("loss %.3f", event.loss()));
        parts.add(format("%,.0f tokens/s", event.tokensPerSecond()));
        return follow(parts, event.step(), event.totalSteps());
    }

    @Override
    public Void onReferenceScored(ReferenceScored event) {
        List<String> parts = new ArrayList<>();
        parts.add("reference " + bar(event.examples(), event.total()));
        parts.add(format("%,d/%,d examples", event.examples(), event.total()));
        scoringTime.after(event.examples(), event.total()).ifPresent(parts::add);
        return follow(parts, event.examples(), event.total());
    }

    @Override
    public Void onStepTrained(StepTrained event) {
        StepReport report = event.report();
        long step = report.version().number();
        List<String> parts = new ArrayList<>();
        parts.add(format("step %d/%d", step, totalSteps));
        trainingTime.after(step, totalSteps).ifPresent(parts::add);
        if (Double.isNaN(report.meanReward())) {
            parts.add(format("loss %.4f", report.loss()));
            report.measures().forEach((name, value) -> parts.add(format("%s %.3f", name, value)));
        } else {
            parts.add(format("reward %.3f", report.meanReward()));
            parts.add(format("pass@1 %.3f", report.accuracy()));
        }
        parts.add(divergence(report));
        parts.add(format("entropy %.3f", report.entropy()));
        parts.add(format("staleness %d", report.maxStaleness()));
        parts.add(format("%,.0f rollouts/s", event.rolloutsPerSecond()));
        parts.add(format("%,.0f tokens/s", event.trainedTokensPerSecond()));
        return follow(parts, step, totalSteps);
    }

    @Override
    public Void onRolloutsSampled(RolloutsSampled event) {
        return done();
    }

    @Override
    public Void onStepMeasured(StepMeasured event) {
        return done();
    }

    @Override
    public Void onDivergencesMeasured(DivergencesMeasured event) {
        return done();
    }

    @Override
    public Void onAnswersVerified(AnswersVerified event) {
        return done();
    }

    @Override
    public Void onWeightsTakenUp(WeightsTakenUp event) {
        return done();
    }

    @Override
    public Void onGroupDropped(GroupDropped event) {
        return done();
    }

    @Override
    public Void onGroupsReturned(GroupsReturned event) {
        return note("%d groups returned: %s", event.groups(), event.why());
    }

    @Override
    public Void onStateChanged(StateChanged event) {
        return note("%s: %s", event.to(), event.why());
    }

    @Override
    public Void onDivergenceSwitched(DivergenceSwitched event) {
        return note(
                "divergence %s (coefficient %s) from %s on, was %s (%s)",
                event.toSpec(), event.toCoefficient(), event.firstVersion(), event.fromSpec(), event.fromCoefficient());
    }

    @Override
    public Void onChangeScheduled(ChangeScheduled event) {
        return note("%s again from %s on, as before the end", settings(event.settings()), event.firstVersion());
    }

    @Override
    public Void onSteeringTakenBack(SteeringTakenBack event) {
        String what = event.settings().isEmpty() ? "the rollback" : settings(event.settings());
        return note("%s, from %s on, is taken back: %s", what, event.firstVersion(), event.why());
    }

    @Override
    public Void onRolledBack(RolledBack event) {
        return note(
                "rolled back: %s has the weights of %s; %d groups in flight enter again",
                event.version(), event.parent(), event.returnedGroups());
    }

    @Override
    public Void onParameterChanged(ParameterChanged event) {
        return note(
                "%s = %s from %s on, was %s", event.key(), event.toValue(), event.firstVersion(), event.fromValue());
    }

    @Override
    public Void onObjectiveSwitched(ObjectiveSwitched event) {
        String changes = event.changes().stream()
                .map(change -> ", " + change.key() + " = " + change.toValue())
                .collect(Collectors.joining());
        return note(
                "objective %s from %s on, was %s%s", event.toName(), event.firstVersion(), event.fromName(), changes);
    }

    @Override
    public Void onCheckpointWritten(CheckpointWritten event) {
        return note("checkpoint of %s: %s", event.version(), event.path());
    }

    @Override
    public Void onCheckpointFailed(CheckpointFailed event) {
        return note("no checkpoint of %s: %s", event.version(), event.why());
    }

    @Override
    public Void onCheckpointRefused(CheckpointRefused event) {
        return note("checkpoint of %s cannot be used: %s", event.version(), event.why());
    }

    /** The k of the summary; all are in the journal. */
    @Override
    public Void onEvaluationCompleted(EvaluationCompleted event) {
        String passes = new TreeMap<>(event.passAtK())
                .entrySet().stream()
                        .filter(pass -> RunSummary.REPORTED_K.contains(pass.getKey()))
                        .map(pass -> format("pass@%d %.3f", pass.getKey(), pass.getValue()))
                        .collect(Collectors.joining("  "));
        return note("%s at %s: %s  (%d prompts)", event.suite(), event.version(), passes, event.prompts());
    }

    @Override
    public Void onFidelityMeasured(FidelityMeasured event) {
        String measures = event.measures().entrySet().stream()
                .map(measure -> format("%s %.3f", measure.getKey(), measure.getValue()))
                .collect(Collectors.joining("  "));
        return note("samples of %s: %s", event.version(), measures);
    }

    @Override
    public Void onEvaluationMissed(EvaluationMissed event) {
        return note(
                "%s at %s was not measured, %s: %s",
                event.suite(), event.version(), event.how().label(), event.why());
    }

    @Override
    public Void onPartRestarted(PartRestarted event) {
        return note("%s failed and was restarted: %s", event.part(), event.why());
    }

    @Override
    public Void onPartLeftOut(PartLeftOut event) {
        return note("%s is left out from now on: %s", event.part(), event.why());
    }

    @Override
    public Void onTailCut(TailCut event) {
        return note("%s ended in the middle of a line: %d bytes cut off", event.file(), event.bytes());
    }

    @Override
    public Void onFileDeleted(FileDeleted event) {
        return done();
    }

    @Override
    public Void onDeletionFailed(DeletionFailed event) {
        return note("%s", event.why());
    }

    @Override
    public Void onRunFinished(RunFinished event) {
        terminal.keep();
        return note(
                "%s at %s: %,d groups trained of %,d admitted",
                event.outcome(),
                event.version(),
                event.groups().trained(),
                event.groups().admitted());
    }

    private Void follow(List<String> parts, long step, long totalSteps) {
        boolean last = step >= totalSteps;
        if (last) {
            terminal.showNow(parts);
            terminal.keep();
        } else {
            terminal.show(parts);
        }
        return done();
    }

    private Void note(String pattern, Object... values) {
        terminal.print(format(pattern, values));
        return done();
    }

    private static String settings(Map<String, String> settings) {
        return new TreeMap<>(settings)
                .entrySet().stream()
                        .map(setting -> setting.getKey() + " = " + setting.getValue())
                        .collect(Collectors.joining(", "));
    }

    private static String divergence(StepReport report) {
        return Double.isNaN(report.divergenceValue())
                ? report.divergence()
                : format("%s %.4f", report.divergence(), report.divergenceValue());
    }

    private static String bar(long step, long totalSteps) {
        int full = (int) (BAR_CELLS * step / Math.max(1, totalSteps));
        return "[" + "#".repeat(full) + "-".repeat(BAR_CELLS - full) + "]";
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }

    @SuppressWarnings("NullAway") // Void has no other value.
    private static Void done() {
        return null;
    }
}
