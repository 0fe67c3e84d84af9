package dev.freshet.ops.training;

import com.typesafe.config.Config;
import dev.freshet.model.dataset.BadLineException;
import dev.freshet.model.dataset.Dataset;
import dev.freshet.model.dataset.ExampleKind;
import dev.freshet.model.dataset.ReferenceOrigin;
import dev.freshet.model.dataset.ReferenceWriter;
import dev.freshet.model.dataset.ScoredExample;
import dev.freshet.model.dataset.StoredReference;
import dev.freshet.model.dataset.TokenisedExample;
import dev.freshet.model.learning.DecoderLogProbScorer;
import dev.freshet.model.learning.LogProbScorer;
import dev.freshet.model.rehearsal.WeightsDigest;
import dev.freshet.model.rollout.LogProbs;
import dev.freshet.streams.EventSink;
import dev.freshet.streams.PipelineEvent.ReferenceScored;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * Reference log-probs of a whole dataset, which {@code freshet.dataset.reference-scores} names: computed when a run begins that has none, and
 * read back by it and by all later ones.
 */
final class ReferenceScores {
    private static final String KEY = "freshet.dataset.reference-scores";
    private static final String LIVE = "live";

    /** Examples that are read ahead of the scorer. */
    private static final int AHEAD = 512;

    /** About how many events tell of a whole file. */
    private static final int EVENTS = 100;

    private ReferenceScores() {}

    /** The directory that the settings name; empty if examples are scored while they flow. */
    static Optional<String> directory(Config config) {
        String setting = config.getString(KEY);
        return setting.equals(LIVE) ? Optional.empty() : Optional.of(setting);
    }

    /** @throws IllegalArgumentException if examples of the kind cannot be scored once and for all */
    static void requireFits(Config config, ExampleKind kind) {
        if (kind.hasTemplates() && directory(config).isPresent()) {
            throw new IllegalArgumentException("reference-scores must be live for " + kind.label()
                    + ", whose templates are drawn anew each time, was " + config.getString(KEY) + " (" + KEY + ")");
        }
    }

    /**
     * Opens what is there, or computes it first; an interrupt gives that up, and leaves nothing.
     *
     * @param start has the reference's weights
     * @param events told of each hundredth that is computed
     * @param out told what is computed
     */
    static StoredReference open(
            String directory,
            RunConfiguration configuration,
            StartingPoint start,
            Dataset dataset,
            EventSink events,
            PrintWriter out)
            throws Exception {
        ReferenceOrigin origin = new ReferenceOrigin(
                dataset.digest(),
                dataset.kind().label(),
                configuration.decoder().toDescription(),
                WeightsDigest.of(start.reference()));
        if (!StoredReference.exists(directory)) {
            out.printf("reference log-probs of %,d examples are computed once, into %s%n", dataset.size(), directory);
            out.flush();
            compute(directory, configuration, start, dataset, origin, events);
        }
        return StoredReference.open(directory, origin);
    }

    private static void compute(
            String directory,
            RunConfiguration configuration,
            StartingPoint start,
            Dataset dataset,
            ReferenceOrigin origin,
            EventSink events)
            throws Exception {
        Duration deadline = configuration.actors().scoreTimeout();
        Deque<Asked> asked = new ArrayDeque<>();
        try (LogProbScorer scorer =
                        DecoderLogProbScorer.start(configuration.decoder(), configuration.scorer(), start.reference());
                ReferenceWriter writer = ReferenceWriter.open(directory)) {
            for (long id = 0; id < dataset.size(); id++) {
                asked.add(ask(scorer, dataset, id));
                if (asked.size() > AHEAD) {
                    write(asked.remove(), writer, deadline);
                    tell(id + 1 - asked.size(), dataset.size(), events);
                }
            }
            while (!asked.isEmpty()) {
                write(asked.remove(), writer, deadline);
                tell(dataset.size() - asked.size(), dataset.size(), events);
            }
            writer.commit(origin);
        }
    }

    private static void tell(long examples, long total, EventSink events) {
        if (examples % Math.max(1, total / EVENTS) == 0 || examples == total) {
            events.accept(new ReferenceScored(examples, total));
        }
    }

    private static Asked ask(LogProbScorer scorer, Dataset dataset, long id) throws IOException {
        try {
            TokenisedExample example = dataset.read(dataset.inFileOrder(id));
            return new Asked(Optional.of(new Scoring(example, scorer.score(example))));
        } catch (BadLineException unusable) {
            return new Asked(Optional.empty());
        }
    }

    private static void write(Asked asked, ReferenceWriter writer, Duration deadline) throws Exception {
        if (asked.scoring().isEmpty()) {
            writer.addUnusable();
            return;
        }
        Scoring scoring = asked.scoring().get();
        List<LogProbs> scores = scoring.scores().toCompletableFuture().get(deadline.toMillis(), TimeUnit.MILLISECONDS);
        writer.add(new ScoredExample(scoring.example(), scores));
    }

    /** @param scoring empty of a line that cannot be used */
    private record Asked(Optional<Scoring> scoring) {}

    private record Scoring(TokenisedExample example, CompletionStage<List<LogProbs>> scores) {}
}
