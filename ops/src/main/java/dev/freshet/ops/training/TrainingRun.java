package dev.freshet.ops.training;

import com.typesafe.config.Config;
import dev.freshet.actors.Run;
import dev.freshet.actors.RunControl.StopMode;
import dev.freshet.actors.RunPlan;
import dev.freshet.model.checkpoint.CheckpointStore;
import dev.freshet.model.divergence.DivergenceSpec;
import dev.freshet.model.generation.DecoderGenerator;
import dev.freshet.model.generation.RolloutGenerator;
import dev.freshet.model.learning.DecoderLearner;
import dev.freshet.model.learning.DecoderLogProbScorer;
import dev.freshet.model.learning.LogProbScorer;
import dev.freshet.model.weights.WeightRegistry;
import dev.freshet.ops.cli.BuildInfo;
import dev.freshet.ops.cli.ExitCode;
import dev.freshet.ops.cli.ProgressDisplay;
import dev.freshet.ops.cli.ResumeMode;
import dev.freshet.ops.cli.TerminationSignals;
import dev.freshet.ops.cli.TrainingLauncher;
import dev.freshet.ops.control.ControlServer;
import dev.freshet.ops.metrics.MetricsServer;
import dev.freshet.ops.metrics.PipelineMetrics;
import dev.freshet.ops.report.RunReport;
import dev.freshet.ops.run.EventFanOut;
import dev.freshet.ops.run.RunDirectory;
import dev.freshet.ops.run.RunRecorder;
import dev.freshet.streams.EventSink;
import dev.freshet.streams.PipelineEvent.RunStarted;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Trains: warm-up or checkpoint, evaluation, the stream, evaluation, report. */
public final class TrainingRun implements TrainingLauncher {
    /** How long a drained run may take to learn from what is in flight and write its checkpoint. */
    private static final Duration DRAIN_GRACE = Duration.ofMinutes(2);

    private final PrintWriter out;
    private final Clock clock;
    private final Instant processStart;
    private final TerminationSignals signals;

    /** @param processStart from when on a run's seconds are counted */
    public TrainingRun(PrintWriter out, Clock clock, Instant processStart, TerminationSignals signals) {
        this.out = out;
        this.clock = clock;
        this.processStart = processStart;
        this.signals = signals;
    }

    @Override
    public int launch(Config resolved, Path path, ResumeMode mode) throws Exception {
        RunConfiguration configuration = RunConfiguration.forTraining(resolved);
        StartingRun control = new StartingRun(path.getFileName().toString(), configuration);
        PrometheusRegistry registry = new PrometheusRegistry();
        try (RunDirectory directory =
                        mode == ResumeMode.RESUME ? RunDirectory.resume(path) : RunDirectory.create(path);
                MetricsServer metricsServer = MetricsServer.start(configuration.metrics(), registry);
                ControlServer controlServer =
                        ControlServer.start(configuration.control(), control, DivergenceSpec.known());
                RunRecorder recorder = RunRecorder.open(
                        directory.files(),
                        configuration.run(),
                        configuration.objective().regularisation().spec(),
                        processStart,
                        clock);
                ProgressDisplay progress = ProgressDisplay.on(out, clock)) {
            directory.writeConfig(resolved);
            out.printf(
                    "run %s, control on %s, metrics on http:/%s/metrics%n",
                    directory.files().root(), controlServer.address(), metricsServer.address());
            PipelineMetrics metrics =
                    new PipelineMetrics(registry, BuildInfo.read().version(), clock);
            EventSink events = new EventFanOut(List.of(recorder, metrics, progress));
            CheckpointStore store =
                    new CheckpointStore(directory.files().checkpoints(), configuration.keepLastCheckpoints());
            return signals.during(
                    DRAIN_GRACE,
                    () -> control.stop(StopMode.DRAIN),
                    () -> train(configuration, mode, control, store, events, directory));
        }
    }

    private int train(
            RunConfiguration configuration,
            ResumeMode mode,
            StartingRun control,
            CheckpointStore store,
            EventSink events,
            RunDirectory directory)
            throws Exception {
        try {
            StartingPoint start = begin(configuration, mode, store, events);
            run(configuration, start, control, store, events);
        } catch (InterruptedException e) {
            out.println("ended before the first step, as asked; nothing was trained");
            return ExitCode.DONE;
        } finally {
            control.ended();
        }
        out.println("report: " + RunReport.write(directory.files()));
        return ExitCode.DONE;
    }

    private StartingPoint begin(
            RunConfiguration configuration, ResumeMode mode, CheckpointStore store, EventSink events)
            throws InterruptedException {
        if (mode == ResumeMode.RESUME) {
            store.removeLeftovers().forEach(leftover -> out.println("removed an unfinished checkpoint: " + leftover));
        }
        return mode == ResumeMode.RESUME
                ? StartingPoint.resumed(configuration, store, events)
                : StartingPoint.warmedUp(configuration, events);
    }

    private void run(
            RunConfiguration configuration,
            StartingPoint start,
            StartingRun control,
            CheckpointStore store,
            EventSink events)
            throws Exception {
        HeldOutEvaluation evaluation = new HeldOutEvaluation(configuration);
        try (WeightRegistry registry = new WeightRegistry(
                        configuration.decoder(), configuration.generation().device());
                DecoderLearner learner = DecoderLearner.start(
                        configuration.decoder(), configuration.learner(), start.learner(), registry)) {
            events.accept(new RunStarted(
                    control.name(),
                    BuildInfo.read().version(),
                    configuration.seed(),
                    configuration.steps(),
                    configuration.pipeline().stalenessBound(),
                    start.resumedFrom().isPresent() ? start.state().version().number() : -1));
            if (start.resumedFrom().isEmpty()) {
                events.accept(evaluation.measure(registry));
            }
            RunPlan plan = new RunPlan(
                    control.name(),
                    configuration.task(),
                    generators(configuration, registry),
                    configuration.learnerCpus().around(learner),
                    scorer(configuration, start),
                    configuration.objective().withRegularisation(start.regularisation()),
                    store::write,
                    start.state(),
                    configuration.steps(),
                    configuration.pipeline(),
                    configuration.actors(),
                    events,
                    System::nanoTime);
            try (Run run = Run.start(plan)) {
                control.started(run);
                run.completion().toCompletableFuture().join();
            }
            events.accept(evaluation.measure(registry));
        }
    }

    private static List<Supplier<RolloutGenerator>> generators(
            RunConfiguration configuration, WeightRegistry registry) {
        return IntStream.range(0, configuration.generation().generators())
                .<Supplier<RolloutGenerator>>mapToObj(number -> () -> DecoderGenerator.start(
                        "generator-" + number,
                        configuration.decoder(),
                        configuration.generation(),
                        configuration.task().tokenizer().stopTokens(),
                        configuration.seed(),
                        registry))
                .toList();
    }

    private static Optional<Supplier<LogProbScorer>> scorer(RunConfiguration configuration, StartingPoint start) {
        if (!configuration.hasReference()) {
            return Optional.empty();
        }
        return Optional.of(() -> {
            try {
                return DecoderLogProbScorer.start(configuration.decoder(), configuration.scorer(), start.reference());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while the reference scorer started", e);
            }
        });
    }
}
