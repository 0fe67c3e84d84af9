package dev.freshet.ops.run;

import dev.freshet.actors.RefusedException;
import dev.freshet.actors.RefusedException.Kind;
import dev.freshet.streams.EventSink;
import dev.freshet.streams.PipelineEvent;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes all files that a run's events make: journal, rollouts, metrics and summary. All are complete after each event, so that
 * a report can be made while the recorder is open, and nothing accepted is lost when the process is killed.
 */
public final class RunRecorder implements EventSink, Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(RunRecorder.class);

    private final Path folder;
    private final InstantSource clock;
    private final Journal journal;
    private final RolloutFile rollouts;
    private final MetricsCsv metrics;
    private final SummaryFile summary;
    private final EventFanOut fanOut;
    private @Nullable Retention retention;

    private RunRecorder(
            Path folder,
            Journal journal,
            RolloutFile rollouts,
            MetricsCsv metrics,
            SummaryFile summary,
            InstantSource clock) {
        this.folder = folder;
        this.clock = clock;
        this.journal = journal;
        this.rollouts = rollouts;
        this.metrics = metrics;
        this.summary = summary;
        this.fanOut = new EventFanOut(List.of(journal, rollouts, metrics, summary));
    }

    /** As the other {@code open}, of a run that measures no suites on its way. */
    public static RunRecorder open(
            RunFiles files, RunSettings settings, String divergence, Instant processStart, InstantSource clock) {
        return open(files, settings, List.of(), divergence, processStart, clock);
    }

    /**
     * Begins the files of a run, or goes on with those that are there. Writes to none before all that are there have been read.
     *
     * @param suites that have columns in {@code metrics.csv}
     * @param divergence spec in force when the run starts
     * @param processStart from when on {@code summary.json} counts seconds
     * @throws RefusedException if a file cannot be opened, or is not what this program writes
     */
    public static RunRecorder open(
            RunFiles files,
            RunSettings settings,
            List<String> suites,
            String divergence,
            Instant processStart,
            InstantSource clock) {
        Deque<Closeable> opened = new ArrayDeque<>();
        try {
            SummaryFile summary = SummaryFile.open(files.summary(), divergence, processStart, clock);
            Journal journal = Journal.open(files.events(), settings.journalFiles(), clock);
            opened.push(journal);
            int attempt = journal.attempt();
            MetricsCsv metrics = MetricsCsv.open(files.metrics(), attempt, suites, settings.metricsFiles(), clock);
            opened.push(metrics);
            RolloutFile rollouts = RolloutFile.open(files.rollouts(), attempt, settings.rolloutFiles(), clock);
            return new RunRecorder(files.root(), journal, rollouts, metrics, summary, clock);
        } catch (IOException failure) {
            closeAll(opened);
            throw new RefusedException(
                    Kind.FAILED_PRECONDITION,
                    "cannot open the files of run " + files.root() + ": "
                            + failure.toString().lines().findFirst().orElseThrow());
        } catch (RefusedException refused) {
            closeAll(opened);
            throw refused;
        }
    }

    /**
     * Tells of the unfinished lines that were cut off when the files were opened, and from now on deletes what is too many or too
     * old, and tells of that. To be called once.
     *
     * @param events this recorder among them
     * @param others further files to keep within bounds
     */
    public void begin(EventSink events, List<Retained> others) {
        journal.tailCut().ifPresent(events::accept);
        metrics.tailCut().ifPresent(events::accept);
        rollouts.tailCut().ifPresent(events::accept);
        List<Retained> all = new ArrayList<>(List.of(journal, metrics, rollouts));
        all.addAll(others);
        retention = Retention.start(folder, all, events, clock);
    }

    @Override
    public void accept(PipelineEvent event) {
        fanOut.accept(event);
    }

    /** For whoever reads along. */
    public Journal journal() {
        return journal;
    }

    /** Which start of the run this is, from 1. */
    public int attempt() {
        return journal.attempt();
    }

    /** Writes that the disk refused, and events that a file could not take. */
    public long failures() {
        return writeFailures().values().stream().mapToLong(Long::longValue).sum() + droppedEvents();
    }

    /** Writes and deletions that the disk refused, by file. */
    public Map<String, Long> writeFailures() {
        return Map.of(
                "journal", journal.failures(),
                "rollouts", rollouts.failures(),
                "metrics", metrics.failures(),
                "summary", summary.failures(),
                "retention", retention == null ? 0L : retention.failures());
    }

    /** Events that a file could not take, through no fault of the disk. */
    public long droppedEvents() {
        return fanOut.failures();
    }

    @Override
    public void close() {
        if (retention != null) {
            retention.close();
        }
        closeAll(new ArrayDeque<>(List.of(journal, metrics, rollouts, summary)));
    }

    private static void closeAll(Deque<Closeable> files) {
        for (Closeable file : files) {
            try {
                file.close();
            } catch (IOException failure) {
                LOG.error("cannot close {}", file, failure);
            }
        }
    }
}
