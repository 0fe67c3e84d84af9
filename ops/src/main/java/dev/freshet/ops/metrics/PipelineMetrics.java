package dev.freshet.ops.metrics;

import dev.freshet.streams.EventSink;
import dev.freshet.streams.PipelineEvent;
import dev.freshet.streams.PipelineEvent.CheckpointFailed;
import dev.freshet.streams.PipelineEvent.CheckpointWritten;
import dev.freshet.streams.PipelineEvent.DivergenceSwitched;
import dev.freshet.streams.PipelineEvent.EvaluationCompleted;
import dev.freshet.streams.PipelineEvent.FileDeleted;
import dev.freshet.streams.PipelineEvent.GroupDropped;
import dev.freshet.streams.PipelineEvent.GroupsReturned;
import dev.freshet.streams.PipelineEvent.GroupsTakenBack;
import dev.freshet.streams.PipelineEvent.PartLeftOut;
import dev.freshet.streams.PipelineEvent.PartRestarted;
import dev.freshet.streams.PipelineEvent.RolledBack;
import dev.freshet.streams.PipelineEvent.RolloutsSampled;
import dev.freshet.streams.PipelineEvent.RunFinished;
import dev.freshet.streams.PipelineEvent.RunStarted;
import dev.freshet.streams.PipelineEvent.StateChanged;
import dev.freshet.streams.PipelineEvent.StepTrained;
import dev.freshet.streams.PipelineEvent.TailCut;
import dev.freshet.streams.PipelineEvent.WarmUpProgressed;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Clock;

/** The run's events as Prometheus metrics: names, types and labels of {@code freshet_*} are made here and nowhere else. */
public final class PipelineMetrics implements PipelineEvent.Visitor<Void>, EventSink {
    private final Clock clock;
    private final GroupMetrics groups;
    private final StepMetrics steps;
    private final DivergenceMetrics divergence;
    private final FileMetrics files;
    private final Gauge policyVersion;
    private final Gauge stalenessBound;
    private final Gauge state;
    private final Gauge passAtK;
    private final Gauge distinctCorrect;
    private final Histogram checkpointSeconds;
    private final Counter checkpointFailures;
    private final Counter rollbacks;
    private final Gauge lastCheckpoint;
    private final Counter restarts;
    private final Counter leftOut;

    /**
     * Registers every metric of the run, of the build, of native memory and of the JVM.
     *
     * @param version of this build
     * @param clock stamps the newest step and the newest checkpoint
     */
    public PipelineMetrics(PrometheusRegistry registry, String version, Clock clock) {
        this.clock = clock;
        groups = new GroupMetrics(registry);
        steps = new StepMetrics(registry, clock);
        divergence = new DivergenceMetrics(registry);
        files = new FileMetrics(registry);
        policyVersion = gauge(registry, "freshet_policy_version", "Newest policy version made by the learner");
        stalenessBound = gauge(
                registry, "freshet_staleness_bound", "Largest staleness that the settings allow, in policy versions");
        state = gauge(
                registry, "freshet_run_state", "1 for the state that the run is in, 0 for those it was in", "state");
        passAtK = gauge(
                registry,
                "freshet_pass_at_k",
                "Unbiased pass@k on a held-out suite, at its newest evaluation",
                "suite",
                "k");
        distinctCorrect = gauge(
                registry,
                "freshet_distinct_correct",
                "Different correct answers among a prompt's samples, mean over a held-out suite",
                "suite");
        checkpointSeconds = Histogram.builder()
                .name("freshet_checkpoint_seconds")
                .help("Time a checkpoint took: copy holds up training, write does not")
                .labelNames("phase")
                .classicOnly()
                .classicExponentialUpperBounds(0.001, 2, 18)
                .register(registry);
        checkpointFailures = Counter.builder()
                .name("freshet_checkpoint_failures_total")
                .help("Checkpoints that could not be written")
                .register(registry);
        rollbacks = Counter.builder()
                .name("freshet_rollbacks_total")
                .help("Times the weights of a checkpoint were taken up again, as a new version")
                .register(registry);
        lastCheckpoint = gauge(
                registry,
                "freshet_last_checkpoint_timestamp_seconds",
                "When the newest checkpoint was written, Unix time");
        restarts = Counter.builder()
                .name("freshet_stage_restarts_total")
                .help("Restarts of a supervised part after a failure")
                .labelNames("stage")
                .register(registry);
        leftOut = Counter.builder()
                .name("freshet_stage_left_out_total")
                .help("Supervised parts that the run goes on without")
                .labelNames("stage")
                .register(registry);
        Info.builder()
                .name("freshet_build_info")
                .help("The version that is running")
                .labelNames("version")
                .register(registry)
                .setLabelValues(version);
        NativeMetrics.register(registry);
        JvmMetrics.builder().register(registry);
    }

    /** One event at a time: counters are brought up to counts that events carry. */
    @Override
    public synchronized void accept(PipelineEvent event) {
        event.accept(this);
    }

    @Override
    public Void onRunStarted(RunStarted event) {
        stalenessBound.set((double) event.stalenessBound());
        policyVersion.set((double) Math.max(0, event.resumedFrom()));
        return done();
    }

    @Override
    public Void onGroupsTakenBack(GroupsTakenBack event) {
        policyVersion.set((double) event.version().number());
        return done();
    }

    @Override
    public Void onWarmUpProgressed(WarmUpProgressed event) {
        return done();
    }

    @Override
    public Void onStepTrained(StepTrained event) {
        policyVersion.set((double) event.report().version().number());
        steps.update(event.report());
        groups.update(event.groups());
        divergence.inForce(event.report().divergence(), event.report().coefficient());
        divergence.measured(event.report().divergenceValue());
        return done();
    }

    @Override
    public Void onRolloutsSampled(RolloutsSampled event) {
        return done();
    }

    @Override
    public Void onGroupDropped(GroupDropped event) {
        groups.dropped(event.reason());
        return done();
    }

    @Override
    public Void onGroupsReturned(GroupsReturned event) {
        groups.returned(event.groups());
        return done();
    }

    @Override
    public Void onStateChanged(StateChanged event) {
        state.labelValues(event.from()).set(0);
        state.labelValues(event.to()).set(1);
        return done();
    }

    @Override
    public Void onDivergenceSwitched(DivergenceSwitched event) {
        divergence.inForce(event.toSpec(), event.toCoefficient());
        return done();
    }

    @Override
    public Void onRolledBack(RolledBack event) {
        policyVersion.set((double) event.version().number());
        rollbacks.inc();
        return done();
    }

    @Override
    public Void onCheckpointWritten(CheckpointWritten event) {
        checkpointSeconds.labelValues("copy").observe(event.copySeconds());
        checkpointSeconds.labelValues("write").observe(event.writeSeconds());
        lastCheckpoint.set(clock.millis() / 1000.0);
        return done();
    }

    @Override
    public Void onCheckpointFailed(CheckpointFailed event) {
        checkpointFailures.inc();
        return done();
    }

    @Override
    public Void onEvaluationCompleted(EvaluationCompleted event) {
        event.passAtK()
                .forEach((k, pass) ->
                        passAtK.labelValues(event.suite(), String.valueOf(k)).set(pass));
        distinctCorrect.labelValues(event.suite()).set(event.distinctCorrect());
        return done();
    }

    @Override
    public Void onPartRestarted(PartRestarted event) {
        restarts.labelValues(event.part()).inc();
        return done();
    }

    @Override
    public Void onPartLeftOut(PartLeftOut event) {
        leftOut.labelValues(event.part()).inc();
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
    public Void onRunFinished(RunFinished event) {
        policyVersion.set((double) event.version().number());
        groups.update(event.groups());
        return done();
    }

    private static Gauge gauge(PrometheusRegistry registry, String name, String help, String... labels) {
        return Gauge.builder().name(name).help(help).labelNames(labels).register(registry);
    }

    @SuppressWarnings("NullAway") // Void has no other value.
    private static Void done() {
        return null;
    }
}
