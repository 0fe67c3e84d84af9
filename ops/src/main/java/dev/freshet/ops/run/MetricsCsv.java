package dev.freshet.ops.run;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import dev.freshet.model.learning.StepReport;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.ops.run.RunSettings.Rotation;
import dev.freshet.streams.DropReason;
import dev.freshet.streams.EventSink;
import dev.freshet.streams.GroupCounts;
import dev.freshet.streams.PipelineEvent;
import dev.freshet.streams.PipelineEvent.EvaluationCompleted;
import dev.freshet.streams.PipelineEvent.FileDeleted;
import dev.freshet.streams.PipelineEvent.StepTrained;
import dev.freshet.streams.PipelineEvent.TailCut;
import java.io.Closeable;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code metrics.csv}: one row a training step. Columns: the attempt and the time, the components of {@link StepReport}, the
 * rates, the group counts, and what the newest evaluation of this attempt said of each suite, if there was one. A resumed run
 * goes on below the rows of earlier attempts, also those of the steps that it takes again. A number that is not known is an
 * empty cell; named numbers share one, as {@code name=value;name=value}. A full file is set aside, and so is one with other columns.
 */
public final class MetricsCsv implements EventSink, Retained, Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(MetricsCsv.class);
    private static final List<RecordComponent> STEP = List.of(StepReport.class.getRecordComponents());

    private final int attempt;
    private final InstantSource clock;
    private final RotatingFile file;
    private final WriteFailures failures;
    private final EvaluationColumns evaluations;

    private MetricsCsv(Path path, RotatingFile file, int attempt, EvaluationColumns evaluations, InstantSource clock) {
        this.attempt = attempt;
        this.clock = clock;
        this.file = file;
        this.evaluations = evaluations;
        this.failures = new WriteFailures(path);
    }

    /**
     * Goes on with the file that is there, or, if that has other columns, sets it aside and begins the next.
     *
     * @param suites that have columns
     */
    static MetricsCsv open(Path path, int attempt, List<String> suites, Rotation rotation, InstantSource clock)
            throws IOException {
        RotatingFile file = RotatingFile.open("metrics", path, rotation, clock.instant());
        try {
            EvaluationColumns evaluations = new EvaluationColumns(suites);
            String header = header(evaluations);
            if (file.length() > 0 && !LineFile.firstLine(path).equals(header)) {
                LOG.warn("{} has other columns than this version writes: set aside", path);
                file.setAside(clock.instant());
            }
            if (file.length() == 0) {
                file.append(header);
            }
            return new MetricsCsv(path, file, attempt, evaluations, clock);
        } catch (IOException | RuntimeException failure) {
            file.close();
            throw failure;
        }
    }

    /** The files of the table that are there, oldest first, each with a header. */
    public static List<Path> parts(Path metrics) {
        return RotatingFile.parts(metrics);
    }

    @Override
    public synchronized void accept(PipelineEvent event) {
        if (event instanceof EvaluationCompleted evaluation) {
            evaluations.add(evaluation);
        } else if (event instanceof StepTrained step) {
            append(step);
        }
    }

    /** Rows that the disk refused. */
    long failures() {
        return failures.count();
    }

    /** What the last process left unfinished, and was cut off. */
    synchronized Optional<TailCut> tailCut() {
        return file.tailCut();
    }

    @Override
    public synchronized List<FileDeleted> deleteSurplus(Instant now) throws IOException {
        return file.deleteSurplus(now);
    }

    @Override
    public synchronized void close() throws IOException {
        file.close();
    }

    private static List<String> columns(EvaluationColumns evaluations) {
        SnakeCaseStrategy snakeCase = new SnakeCaseStrategy();
        List<String> columns = new ArrayList<>(List.of("attempt", "time"));
        STEP.forEach(component -> columns.add(snakeCase.translate(component.getName())));
        columns.addAll(List.of(
                "rollouts_per_second",
                "trained_tokens_per_second",
                "generated_tokens_per_second",
                "groups_admitted",
                "groups_trained"));
        for (DropReason reason : DropReason.values()) {
            columns.add("groups_dropped_" + reason.label());
        }
        columns.addAll(List.of("groups_returned", "groups_in_flight"));
        columns.addAll(evaluations.names());
        return columns;
    }

    private void append(StepTrained step) {
        GroupCounts groups = step.groups();
        Instant now = clock.instant();
        List<Object> row = new ArrayList<>(List.of(attempt, now));
        STEP.forEach(component -> row.add(valueOf(component, step.report())));
        row.addAll(List.of(
                step.rolloutsPerSecond(),
                step.trainedTokensPerSecond(),
                step.generatedTokensPerSecond(),
                groups.admitted(),
                groups.trained()));
        for (DropReason reason : DropReason.values()) {
            row.add(groups.dropped().getOrDefault(reason, 0L));
        }
        row.addAll(List.of(groups.returned(), groups.inFlight()));
        row.addAll(evaluations.values());
        try {
            if (file.isDue(now)) {
                file.setAside(now);
            }
            // Also where the disk took the new file, but not its first line.
            if (file.length() == 0) {
                file.append(header(evaluations));
            }
            file.append(Csv.row(row));
            failures.succeeded();
        } catch (IOException failure) {
            failures.failed(failure);
        }
    }

    private static Object valueOf(RecordComponent component, StepReport report) {
        try {
            Object value = component.getAccessor().invoke(report);
            if (value instanceof Map<?, ?> named) {
                return named.entrySet().stream()
                        .map(entry -> entry.getKey() + "=" + entry.getValue())
                        .collect(Collectors.joining(";"));
            }
            return value instanceof PolicyVersion version ? version.number() : value;
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException("the components of a public record are readable", impossible);
        }
    }

    private static String header(EvaluationColumns evaluations) {
        return String.join(",", columns(evaluations));
    }
}
