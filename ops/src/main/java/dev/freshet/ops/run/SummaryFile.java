package dev.freshet.ops.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.freshet.streams.EventSink;
import dev.freshet.streams.PipelineEvent;
import dev.freshet.streams.PipelineEvent.DivergencesMeasured;
import dev.freshet.streams.PipelineEvent.GroupDropped;
import dev.freshet.streams.PipelineEvent.RunStarted;
import dev.freshet.streams.PipelineEvent.StepTrained;
import dev.freshet.streams.PipelineEvent.WarmUpProgressed;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

/**
 * {@code summary.json}: what the run has come to, for scripts. Replaced as a whole, at most once a second while steps are taken,
 * at each checkpoint, evaluation and change of state, and when it is closed; not before the run has started, so that a start
 * that fails leaves the file as it was. A resumed run takes over from the file what was measured before its first step, and the
 * largest staleness.
 */
public final class SummaryFile implements EventSink, Closeable {
    private static final Duration REWRITTEN_AFTER = Duration.ofSeconds(1);

    private final Path path;
    private final Instant processStart;
    private final InstantSource clock;
    private final WriteFailures failures;
    private final RunTally tally;
    private Instant written = Instant.EPOCH;
    private boolean started;

    private SummaryFile(Path path, Instant processStart, InstantSource clock, RunTally tally) {
        this.path = path;
        this.processStart = processStart;
        this.clock = clock;
        this.failures = new WriteFailures(path);
        this.tally = tally;
    }

    /** @param divergence spec in force when the run starts */
    static SummaryFile open(Path path, String divergence, Instant processStart, InstantSource clock)
            throws IOException {
        JsonNode earlier = new JsonMapper().readTree(Files.exists(path) ? Files.readString(path) : "{}");
        Map<Integer, Double> before = new HashMap<>();
        for (int k : RunSummary.REPORTED_K) {
            JsonNode measured = earlier.path("pass_at_" + k + "_before");
            if (measured.isNumber()) {
                before.put(k, measured.asDouble());
            }
        }
        long maxStaleness = earlier.path("max_staleness").asLong(0);
        long rolledBack = Math.max(
                0,
                earlier.path("policy_version").asLong(0) - earlier.path("steps").asLong(0));
        return new SummaryFile(path, processStart, clock, new RunTally(divergence, before, maxStaleness, rolledBack));
    }

    @Override
    public synchronized void accept(PipelineEvent event) {
        Instant now = clock.instant();
        tally.add(event, now);
        started |= event instanceof RunStarted;
        if (!isFrequent(event) || Duration.between(written, now).compareTo(REWRITTEN_AFTER) >= 0) {
            write(now);
        }
    }

    /** Writes that the disk refused. */
    long failures() {
        return failures.count();
    }

    @Override
    public synchronized void close() {
        write(clock.instant());
    }

    private static boolean isFrequent(PipelineEvent event) {
        return !event.belongsInJournal()
                || event instanceof StepTrained
                || event instanceof DivergencesMeasured
                || event instanceof GroupDropped
                || event instanceof WarmUpProgressed;
    }

    private void write(Instant now) {
        if (!started) {
            return;
        }
        written = now;
        try {
            AtomicFile.replace(path, RunJson.indented(tally.summary(Duration.between(processStart, now))));
            failures.succeeded();
        } catch (IOException failure) {
            failures.failed(failure);
        }
    }
}
