package dev.freshet.ops.metrics;

import dev.freshet.actors.RunParameters;
import dev.freshet.model.generation.RolloutGenerator;
import dev.freshet.model.objective.Regularisation;
import dev.freshet.ops.control.CallListener;
import dev.freshet.streams.EventSink;
import dev.freshet.streams.GroupCounts;
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
import dev.freshet.streams.StageSnapshot;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The run's events as Prometheus metrics, with what is asked of the run itself when somebody scrapes. Names, types and labels of
 * {@code freshet_*} are made in this package and nowhere else, and {@code docs/metrics.md} lists them.
 */
public final class PipelineMetrics implements PipelineEventVisitor<Void>, EventSink {
    private final Instruments instruments;
    private final RunMetrics run;
    private final GroupMetrics groups;
    private final StepMetrics steps;
    private final BatchMetrics batches;
    private final DivergenceMetrics divergence;
    private final SteeringMetrics steering;
    private final EvaluationMetrics evaluations;
    private final FidelityMetrics fidelity;
    private final StageMetrics stages;
    private final GeneratorMetrics generators;
    private final WeightMetrics weights;
    private final VerifierMetrics verifiers;
    private final CheckpointMetrics checkpoints;
    private final ControlMetrics control;
    private final FileMetrics files;

    /**
     * Registers every metric of the run, of the build, of native memory and of the JVM.
     *
     * @param clock stamps the newest step and the newest checkpoint
     */
    public PipelineMetrics(PrometheusRegistry registry, String version, String commit, InstantSource clock) {
        instruments = new Instruments(registry);
        instruments
                .info("freshet_build_info", "What is running", "version", "commit")
                .setLabelValues(version, commit);
        run = new RunMetrics(instruments);
        steps = new StepMetrics(instruments, clock);
        groups = new GroupMetrics(instruments);
        batches = new BatchMetrics(instruments);
        divergence = new DivergenceMetrics(instruments);
        steering = new SteeringMetrics(instruments);
        evaluations = new EvaluationMetrics(instruments);
        fidelity = new FidelityMetrics(instruments);
        stages = new StageMetrics(instruments, clock);
        generators = new GeneratorMetrics(instruments);
        weights = new WeightMetrics(instruments);
        verifiers = new VerifierMetrics(instruments);
        checkpoints = new CheckpointMetrics(instruments, clock);
        control = new ControlMetrics(instruments);
        files = new FileMetrics(instruments);
        var unused = new NativeMetrics(instruments);
        JvmMetrics.builder().register(registry);
    }

    /** What is registered, but for the JVM's own. */
    public List<MetricDefinition> definitions() {
        return instruments.definitions();
    }

    /**
     * What is in force at the start, before there are events to tell it: when the run warms up, or goes on from a checkpoint.
     *
     * @param stalenessBound in versions
     * @param suites that the run measures on the way
     */
    public synchronized void begin(
            RunParameters inForce, int plannedSteps, long stalenessBound, Collection<String> suites) {
        Regularisation regularisation = inForce.objective().regularisation();
        divergence.inForce(regularisation.spec(), regularisation.coefficient());
        steering.objective(inForce.objective().name());
        steering.settings(inForce.texts());
        run.planned(plannedSteps, stalenessBound);
        suites.forEach(evaluations::expect);
    }

    /** Leaves out what earlier processes of the run have counted. */
    public synchronized void goOnFrom(GroupCounts before) {
        groups.goOnFrom(before);
    }

    /** Asks at every scrape where groups are. */
    public void watchGroups(Supplier<GroupCounts> source) {
        groups.watch(source);
    }

    /** Asks the stages at every scrape, until the run finishes. */
    public void watchStages(Supplier<List<StageSnapshot>> source) {
        stages.watch(source);
    }

    /** Counts what a generator does; one of the same name takes the place of the one before. */
    public RolloutGenerator watched(String name, RolloutGenerator generator) {
        generators.add(name, generator);
        run.part(name);
        return generator;
    }

    /**
     * Asks at every scrape what is missing in the files.
     *
     * @param writeFailures by file
     */
    public void watchFiles(Supplier<Map<String, Long>> writeFailures, LongSupplier droppedEvents) {
        files.watch(writeFailures, droppedEvents);
    }

    /** For the control service. */
    public CallListener calls() {
        return control;
    }

    /** One event at a time: counters are brought up to counts that events carry. */
    @Override
    public synchronized void accept(PipelineEvent event) {
        event.accept(this);
    }

    @Override
    public Void onRunStarted(RunStarted event) {
        run.started(event);
        steps.begin();
        return done();
    }

    @Override
    public Void onGroupsTakenBack(GroupsTakenBack event) {
        run.version(event.version().number());
        return done();
    }

    @Override
    public Void onWarmUpProgressed(WarmUpProgressed event) {
        run.warmedUp(event.step(), event.totalSteps());
        return done();
    }

    @Override
    public Void onReferenceScored(ReferenceScored event) {
        return done();
    }

    @Override
    public Void onStepTrained(StepTrained event) {
        run.version(event.report().version().number());
        steps.update(event.report());
        divergence.inForce(event.report().divergence(), event.report().coefficient());
        steering.objective(event.report().objective());
        divergence.ofTheLoss(event.report().divergenceValue());
        return done();
    }

    @Override
    public Void onStepMeasured(StepMeasured event) {
        batches.update(event.measures());
        weights.published(event.measures().publishSeconds(), event.measures().publishedBytes());
        return done();
    }

    @Override
    public Void onDivergencesMeasured(DivergencesMeasured event) {
        divergence.monitored(event.readings());
        return done();
    }

    @Override
    public Void onAnswersVerified(AnswersVerified event) {
        verifiers.update(event);
        return done();
    }

    @Override
    public Void onWeightsTakenUp(WeightsTakenUp event) {
        weights.swapped(event.swap());
        generators.swapped(event.swap());
        return done();
    }

    @Override
    public Void onRolloutsSampled(RolloutsSampled event) {
        return done();
    }

    @Override
    public Void onGroupDropped(GroupDropped event) {
        return done();
    }

    @Override
    public Void onGroupsReturned(GroupsReturned event) {
        return done();
    }

    @Override
    public Void onStateChanged(StateChanged event) {
        run.state(event.to());
        return done();
    }

    @Override
    public Void onDivergenceSwitched(DivergenceSwitched event) {
        divergence.inForce(event.toSpec(), event.toCoefficient());
        return done();
    }

    @Override
    public Void onParameterChanged(ParameterChanged event) {
        if (event.key().equals(RunParameters.COEFFICIENT)) {
            divergence.coefficient(Double.parseDouble(event.toValue()));
        }
        steering.setting(event.key(), event.toValue());
        return done();
    }

    @Override
    public Void onObjectiveSwitched(ObjectiveSwitched event) {
        steering.objective(event.toName());
        event.changes().forEach(change -> steering.setting(change.key(), change.toValue()));
        return done();
    }

    @Override
    public Void onChangeScheduled(ChangeScheduled event) {
        return done();
    }

    @Override
    public Void onSteeringTakenBack(SteeringTakenBack event) {
        return done();
    }

    @Override
    public Void onRolledBack(RolledBack event) {
        run.rolledBack(event.version().number());
        return done();
    }

    @Override
    public Void onCheckpointWritten(CheckpointWritten event) {
        checkpoints.written(event);
        return done();
    }

    @Override
    public Void onCheckpointFailed(CheckpointFailed event) {
        checkpoints.failed();
        return done();
    }

    @Override
    public Void onCheckpointRefused(CheckpointRefused event) {
        checkpoints.refused();
        return done();
    }

    @Override
    public Void onEvaluationCompleted(EvaluationCompleted event) {
        evaluations.completed(event);
        return done();
    }

    @Override
    public Void onFidelityMeasured(FidelityMeasured event) {
        fidelity.measured(event);
        return done();
    }

    @Override
    public Void onEvaluationMissed(EvaluationMissed event) {
        evaluations.missed(event);
        return done();
    }

    @Override
    public Void onPartRestarted(PartRestarted event) {
        run.restarted(event.part());
        return done();
    }

    @Override
    public Void onPartLeftOut(PartLeftOut event) {
        run.leftOut(event.part());
        return done();
    }

    @Override
    public Void onTailCut(TailCut event) {
        files.cut(event);
        return done();
    }

    @Override
    public Void onFileDeleted(FileDeleted event) {
        files.deleted(event);
        return done();
    }

    @Override
    public Void onDeletionFailed(DeletionFailed event) {
        return done();
    }

    @Override
    public Void onRunFinished(RunFinished event) {
        run.version(event.version().number());
        stages.end();
        return done();
    }

    @SuppressWarnings("NullAway") // Void has no other value.
    private static Void done() {
        return null;
    }
}
