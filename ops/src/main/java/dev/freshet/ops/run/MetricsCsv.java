package dev.freshet.ops.run;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import dev.freshet.actors.RefusedException;
import dev.freshet.actors.RefusedException.Kind;
import dev.freshet.model.learning.StepReport;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.streams.DropReason;
import dev.freshet.streams.EventSink;
import dev.freshet.streams.GroupCounts;
import dev.freshet.streams.PipelineEvent;
import dev.freshet.streams.PipelineEvent.EvaluationCompleted;
import dev.freshet.streams.PipelineEvent.StepTrained;
import java.io.Closeable;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code metrics.csv}: one row a training step. Columns: the attempt and the time, the components of {@link StepReport}, the
 * rates, the group counts, and pass@k of the newest evaluation of this attempt, if there was one. A resumed run goes on below
 * the rows of earlier attempts, also those of the steps that it takes again. A number that is not known is an empty cell.
 */
public final class MetricsCsv implements EventSink, Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(MetricsCsv.class);
    private static final List<RecordComponent> STEP = List.of(StepReport.class.getRecordComponents());

    private final int attempt;
    private final InstantSource clock;
    private final LineFile file;
    private final WriteFailures failures;
    private Map<Integer, Double> passAtK = Map.of();

    private MetricsCsv(Path path, LineFile file, int attempt, InstantSource clock) {
        this.attempt = attempt;
        this.clock = clock;
        this.file = file;
        this.failures = new WriteFailures(path);
    }

    /** @throws RefusedException if the file is there and has other columns */
    static MetricsCsv open(Path path, int attempt, InstantSource clock) throws IOException {
        LineFile file = LineFile.open(path);
        try {
            file.tornTail().ifPresent(torn -> LOG.warn("{}", torn));
            String header = String.join(",", columns());
            if (file.length() == 0) {
                file.append(header);
            }
            requireHeader(path, header);
            return new MetricsCsv(path, file, attempt, clock);
        } catch (IOException | RuntimeException failure) {
            file.close();
            throw failure;
        }
    }

    /**
     * Looks at the file, and leaves it as it is.
     *
     * @throws RefusedException if it has other columns
     */
    static void requireColumns(Path path) throws IOException {
        if (LineFile.lastLine(path).isPresent()) {
            requireHeader(path, String.join(",", columns()));
        }
    }

    @Override
    public synchronized void accept(PipelineEvent event) {
        if (event instanceof EvaluationCompleted evaluation) {
            passAtK = evaluation.passAtK();
        } else if (event instanceof StepTrained step) {
            append(step);
        }
    }

    /** Rows that the disk refused. */
    long failures() {
        return failures.count();
    }

    @Override
    public synchronized void close() throws IOException {
        file.close();
    }

    static List<String> columns() {
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
        RunSummary.REPORTED_K.forEach(k -> columns.add("pass_at_" + k));
        return columns;
    }

    private void append(StepTrained step) {
        GroupCounts groups = step.groups();
        List<Object> row = new ArrayList<>(List.of(attempt, clock.instant()));
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
        RunSummary.REPORTED_K.forEach(k -> row.add(passAtK.getOrDefault(k, Double.NaN)));
        try {
            file.append(Csv.row(row));
            failures.succeeded();
        } catch (IOException failure) {
            failures.failed(failure);
        }
    }

    private static Object valueOf(RecordComponent component, StepReport report) {
        try {
            Object value = component.getAccessor().invoke(report);
            return value instanceof PolicyVersion version ? version.number() : value;
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException("the components of a public record are readable", impossible);
        }
    }

    private static void requireHeader(Path path, String expected) throws IOException {
        String found = LineFile.firstLine(path);
        if (!found.equals(expected)) {
            throw new RefusedException(
                    Kind.FAILED_PRECONDITION,
                    path + " must have the columns " + expected + ", has " + found
                            + ": move it aside and resume again, a new one is then begun");
        }
    }
}
