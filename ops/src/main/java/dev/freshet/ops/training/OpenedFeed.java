package dev.freshet.ops.training;

import dev.freshet.actors.DatasetFeed;
import dev.freshet.actors.RolloutFeed;
import dev.freshet.actors.RunFeed;
import dev.freshet.model.dataset.Dataset;
import dev.freshet.model.dataset.ExampleKind;
import dev.freshet.model.dataset.StoredReference;
import dev.freshet.model.engine.OpenedSoFar;
import dev.freshet.model.generation.DecoderGenerator;
import dev.freshet.model.generation.RolloutGenerator;
import dev.freshet.model.learning.DecoderLogProbScorer;
import dev.freshet.model.learning.LogProbScorer;
import dev.freshet.model.rehearsal.RehearsalCycle;
import dev.freshet.model.rehearsal.RehearsalSet;
import dev.freshet.model.weights.WeightRegistry;
import dev.freshet.streams.DatasetPipelineSettings;
import dev.freshet.streams.EventSink;
import java.io.Closeable;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * What a run learns from, ready to flow.
 *
 * @param scorer of the reference, opened by the run; empty if it has none, or its log-probs are stored
 * @param source what is open behind the feed
 */
record OpenedFeed(RunFeed feed, Optional<Supplier<LogProbScorer>> scorer, Closeable source) implements Closeable {
    /** @param out told what takes its time */
    static OpenedFeed open(
            RunConfiguration configuration,
            StartingPoint start,
            WeightRegistry registry,
            RunWatch watch,
            EndWish endWish,
            PrintWriter out)
            throws Exception {
        Optional<ExampleKind> kind = configuration.exampleKind();
        if (kind.isPresent()) {
            return ofDataset(kind.get(), configuration, start, watch.events(), endWish, out);
        }
        Optional<RehearsalSet> rehearsal = RehearsalSource.read(configuration);
        RolloutFeed rollouts = new RolloutFeed(
                rehearsal.map(set -> RehearsalSource.task(configuration, set)).orElse(configuration.task()),
                generators(configuration, registry, watch),
                rehearsal.map(set -> RehearsalCycle.of(set.sequences(), configuration.seed())),
                configuration.pipeline());
        return new OpenedFeed(rollouts, scorer(configuration, start), () -> {});
    }

    private static OpenedFeed ofDataset(
            ExampleKind kind,
            RunConfiguration configuration,
            StartingPoint start,
            EventSink events,
            EndWish endWish,
            PrintWriter out)
            throws Exception {
        try (OpenedSoFar opened = new OpenedSoFar()) {
            Dataset dataset = opened.add(DatasetSource.dataset(configuration, kind));
            Optional<String> stored =
                    configuration.hasReference() ? ReferenceScores.directory(configuration.config()) : Optional.empty();
            Optional<StoredReference> reference = stored.isPresent()
                    ? Optional.of(opened.add(endWish.interruptible(
                            () -> ReferenceScores.open(stored.get(), configuration, start, dataset, events, out))))
                    : Optional.empty();
            DatasetSource source = new DatasetSource(configuration.config(), dataset, reference);
            opened.keep();
            return new OpenedFeed(
                    new DatasetFeed(source, kind, DatasetPipelineSettings.from(configuration.config())),
                    reference.isPresent() ? Optional.empty() : scorer(configuration, start),
                    source);
        }
    }

    private static List<Supplier<RolloutGenerator>> generators(
            RunConfiguration configuration, WeightRegistry registry, RunWatch watch) {
        return IntStream.range(0, configuration.generation().generators())
                .mapToObj(number -> "generator-" + number)
                .<Supplier<RolloutGenerator>>map(name -> () -> watch.generator(
                        name,
                        DecoderGenerator.start(
                                name,
                                configuration.decoder(),
                                configuration.generation(),
                                configuration.task().tokenizer().stopTokens(),
                                configuration.seed(),
                                registry.proposals(),
                                watch.swaps(name))))
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

    @Override
    public void close() throws IOException {
        source.close();
    }
}
