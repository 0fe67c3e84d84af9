package dev.freshet.ops.training;

import com.typesafe.config.Config;
import dev.freshet.actors.RunControl.StopMode;
import dev.freshet.actors.RunParameters;
import dev.freshet.model.checkpoint.CheckpointStore;
import dev.freshet.model.divergence.DivergenceSpec;
import dev.freshet.model.objective.Regularisation;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.ops.cli.BuildInfo;
import dev.freshet.ops.cli.ExitCode;
import dev.freshet.ops.cli.ProgressDisplay;
import dev.freshet.ops.cli.ResumeMode;
import dev.freshet.ops.cli.RunFailedException;
import dev.freshet.ops.cli.TerminationSignals;
import dev.freshet.ops.cli.TerminationSignals.Ending;
import dev.freshet.ops.cli.TrainingLauncher;
import dev.freshet.ops.control.ControlServer;
import dev.freshet.ops.logging.RunLog;
import dev.freshet.ops.metrics.MetricsServer;
import dev.freshet.ops.metrics.PipelineMetrics;
import dev.freshet.ops.report.RunReport;
import dev.freshet.ops.run.EventFanOut;
import dev.freshet.ops.run.RunDirectory;
import dev.freshet.ops.run.RunFiles;
import dev.freshet.ops.run.RunRecorder;
import dev.freshet.ops.run.SampleFiles;
import dev.freshet.ops.service.MemoryTrim;
import dev.freshet.ops.service.ServiceWatch;
import dev.freshet.streams.EventSink;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A run from its settings to its report: directory, servers, signals and files around warm-up and {@link PolicyTraining}. */
public final class TrainingRun implements TrainingLauncher {
    private static final Logger LOG = LoggerFactory.getLogger(TrainingRun.class);

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
        StartingRun control = new StartingRun(nameOf(path), configuration);
        PrometheusRegistry registry = new PrometheusRegistry();
        BuildInfo build = BuildInfo.read();
        PipelineMetrics metrics = new PipelineMetrics(registry, build.version(), build.commit(), clock);
        ObservedRun view = new ObservedRun(control, metrics.calls());
        try (RunDirectory directory = take(path, mode, configuration);
                MetricsServer metricsServer = MetricsServer.start(configuration.metrics(), registry);
                ControlServer controlServer =
                        ControlServer.start(configuration.control(), control, DivergenceSpec.examples(), view);
                ServiceWatch service = ServiceWatch.start(
                        System.getenv(), control::status, configuration.service(), System::nanoTime)) {
            String addresses =
                    String.format("control on %s, metrics on %s", controlServer.address(), metricsServer.url());
            return signals.during(
                    ending(configuration.drain(), control, service),
                    () -> MemoryTrim.during(
                            configuration.service(),
                            () -> train(configuration, mode, control, view, directory, metrics, service, addresses)));
        } finally {
            control.ended();
        }
    }

    /** The folder's; the root of a file system has none, and is refused in its turn. */
    private static String nameOf(Path runDirectory) {
        Path name = runDirectory.toAbsolutePath().normalize().getFileName();
        return name == null ? runDirectory.toString() : name.toString();
    }

    private static Ending ending(DrainSettings drain, StartingRun control, ServiceWatch service) {
        Runnable ask = () -> {
            service.stopping();
            control.stop(StopMode.DRAIN);
        };
        String late = "the drain did not end within " + drain.deadline() + " (" + DrainSettings.KEY + ")";
        Runnable hurry = () -> {
            LOG.warn("{}: what is in flight is handed back", late);
            control.stop(StopMode.NOW, late);
        };
        return new Ending(ask, drain.deadline(), hurry, drain.grace());
    }

    private static RunDirectory take(Path path, ResumeMode mode, RunConfiguration configuration) throws IOException {
        RunDirectory directory = mode == ResumeMode.RESUME ? RunDirectory.resume(path) : RunDirectory.create(path);
        try {
            directory.requireSpace(configuration.run().minFreeSpace());
            return directory;
        } catch (RuntimeException refused) {
            directory.close();
            throw refused;
        }
    }

    /** What can be refused is refused before a file is opened to be written. */
    private int train(
            RunConfiguration configuration,
            ResumeMode mode,
            StartingRun control,
            ObservedRun view,
            RunDirectory directory,
            PipelineMetrics metrics,
            EventSink service,
            String addresses)
            throws Exception {
        CheckpointStore store = new CheckpointStore(directory.files().checkpoints(), configuration.checkpoints());
        try {
            Optional<StartingPoint> resumed = mode == ResumeMode.RESUME
                    ? resumed(configuration, store, directory.files().events(), control.endWish())
                    : Optional.empty();
            if (mode == ResumeMode.FRESH) {
                // Before all other files: what has settings can be resumed, and what has nothing can be begun.
                directory.writeConfig(configuration.config());
            }
            RunParameters parameters = resumed.map(start -> start.parameters(configuration.steering()))
                    .orElseGet(() -> configuration.steering().configured());
            resumed.flatMap(StartingPoint::resumedFrom)
                    .ifPresent(version -> control.goesOnFrom(version, parameters.objective()));
            Regularisation inForce = parameters.objective().regularisation();
            metrics.begin(
                    parameters,
                    configuration.steps(),
                    configuration.stalenessBound(),
                    configuration.evaluation().suitesOnTheWay());
            try (RunRecorder recorder = RunRecorder.open(
                            directory.files(),
                            configuration.run(),
                            configuration.evaluation().suitesOnTheWay(),
                            inForce.spec(),
                            processStart,
                            clock);
                    RunLog log = RunLog.open(directory.files().log(), control.name(), configuration.log(), clock);
                    ProgressDisplay progress = ProgressDisplay.on(out, clock)) {
                view.opened(recorder.journal());
                directory.writeConfig(configuration.config());
                out.printf("run %s, %s%n", directory.files().root(), addresses);
                RunCheckpoints checkpoints = new RunCheckpoints(
                        store,
                        configuration,
                        resumed.flatMap(StartingPoint::resumedFrom).orElse(PolicyVersion.INITIAL));
                EventFanOut events = new EventFanOut(List.of(recorder, progress, log, checkpoints, metrics, service));
                metrics.watchFiles(
                        () -> writeFailures(recorder, log), () -> recorder.droppedEvents() + events.failures());
                log.tailCut().ifPresent(events::accept);
                recorder.begin(
                        events,
                        List.of(
                                log,
                                new CheckpointFiles(store, configuration.checkpointMaxAge()),
                                new SampleFiles(
                                        directory.files().samples(),
                                        configuration.run().sampleFiles())));
                begun(() -> log.around(() -> {
                    StartingPoint start = resumed.isPresent()
                            ? resumed.get()
                            : control.endWish().interruptible(() -> StartingPoint.warmedUp(configuration, events));
                    RunWatch watch = new RunWatch(events, metrics);
                    Training training = configuration.distillation().isPresent()
                            ? new DistillationTraining(
                                    new RunLead(configuration, control, view, watch),
                                    checkpoints,
                                    directory.files(),
                                    out)
                            : new PolicyTraining(
                                    configuration,
                                    control,
                                    view,
                                    checkpoints,
                                    watch,
                                    FirstScores.in(directory.files().events()),
                                    out);
                    trainAndReport(training, start, directory.files());
                }));
            }
        } catch (InterruptedException e) {
            out.println("ended before the first step, as asked; nothing was trained");
        }
        return ExitCode.DONE;
    }

    /** The run's files are written: what fails from here on has failed while running. */
    private static void begun(RunLog.Work run) throws Exception {
        try {
            run.run();
        } catch (InterruptedException asked) {
            throw asked;
        } catch (Exception failure) {
            throw new RunFailedException(failure);
        }
    }

    private static Map<String, Long> writeFailures(RunRecorder recorder, RunLog log) {
        Map<String, Long> all = new HashMap<>(recorder.writeFailures());
        all.put("log", log.failures());
        return all;
    }

    private Optional<StartingPoint> resumed(
            RunConfiguration configuration, CheckpointStore store, Path journal, EndWish endWish) throws Exception {
        store.removeLeftovers().forEach(leftover -> out.println("removed an unfinished checkpoint: " + leftover));
        Optional<StartingPoint> resumed =
                endWish.interruptible(() -> StartingPoint.resumed(configuration, store, journal));
        endWish.requireNone(); // A read that is interrupted looks like a damaged checkpoint.
        if (resumed.isEmpty()) {
            out.println("the run ended before its first checkpoint, and begins anew with its warm-up");
        }
        return resumed;
    }

    /** A run that failed has its report, too. */
    private void trainAndReport(Training training, StartingPoint start, RunFiles files) throws Exception {
        try {
            training.from(start);
        } catch (Exception failure) {
            try {
                report(files);
            } catch (IOException | RuntimeException notReported) {
                failure.addSuppressed(notReported);
            }
            throw failure;
        }
        report(files);
    }

    private void report(RunFiles files) throws IOException {
        out.println("report: " + RunReport.write(files));
    }
}
