package dev.freshet.ops.training;

import com.typesafe.config.Config;
import dev.freshet.actors.ExampleSource;
import dev.freshet.actors.Failures;
import dev.freshet.model.dataset.AdmittedExample;
import dev.freshet.model.dataset.BadLineException;
import dev.freshet.model.dataset.BadLineException.Fault;
import dev.freshet.model.dataset.Dataset;
import dev.freshet.model.dataset.DatasetSettings;
import dev.freshet.model.dataset.ExampleKind;
import dev.freshet.model.dataset.ScoredExample;
import dev.freshet.model.dataset.StoredReference;
import dev.freshet.model.dataset.TemplateBank;
import dev.freshet.model.dataset.Templates;
import dev.freshet.model.dataset.TokenisedExample;
import dev.freshet.streams.DropReason;
import dev.freshet.streams.Outcome;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** The examples of a run's dataset, read and tokenised by threads of its own. */
final class DatasetSource implements ExampleSource, Closeable {
    private static final String THREADS = "freshet.dataset.read-threads";
    private static final String TIMEOUT = "freshet.dataset.read-timeout";
    private static final long CLOSE_SECONDS = 60;

    private final Dataset dataset;
    private final Optional<StoredReference> reference;
    private final Duration timeout;
    private final ExecutorService threads;

    /**
     * @param dataset becomes this object's
     * @param reference likewise
     */
    DatasetSource(Config config, Dataset dataset, Optional<StoredReference> reference) {
        this.dataset = dataset;
        this.reference = reference;
        this.timeout = timeout(config);
        this.threads = Executors.newFixedThreadPool(threads(config), DatasetSource::thread);
    }

    /** The dataset that the settings name, of the kind that the objective learns from; the caller closes it. */
    static Dataset dataset(RunConfiguration configuration, ExampleKind kind) {
        return Dataset.open(
                DatasetSettings.from(
                        configuration.config(), configuration.decoder().maxLength()),
                kind,
                configuration.task().tokenizer(),
                configuration.seed(),
                kind.hasTemplates() ? TemplateBank.from(configuration.config()) : Templates.NONE);
    }

    /** @throws IllegalArgumentException if one of the settings of this class breaks its rule */
    static void requireGood(Config config) {
        var unusedThreads = threads(config);
        var unusedTimeout = timeout(config);
    }

    @Override
    public long size() {
        return dataset.size();
    }

    @Override
    public AdmittedExample admitted(long sequence) {
        return dataset.admitted(sequence);
    }

    @Override
    public CompletionStage<Outcome<TokenisedExample>> read(AdmittedExample example) {
        return inTime(() -> outcome(example), "the line of example " + example.id());
    }

    @Override
    public boolean hasStoredReference() {
        return reference.isPresent();
    }

    @Override
    public CompletionStage<ScoredExample> stored(TokenisedExample example) {
        return inTime(
                () -> scored(example),
                "the reference log-probs of example " + example.admitted().id());
    }

    private Outcome<TokenisedExample> outcome(AdmittedExample example) {
        try {
            return new Outcome.Passed<>(dataset.read(example));
        } catch (BadLineException bad) {
            DropReason reason = bad.fault() == Fault.TOO_LONG ? DropReason.TOO_LONG : DropReason.MALFORMED;
            return new Outcome.Dropped<>(example.sequence(), reason, String.valueOf(bad.getMessage()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ScoredExample scored(TokenisedExample example) {
        try {
            return reference.orElseThrow().of(example);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private <T> CompletionStage<T> inTime(Supplier<T> work, String wanted) {
        return CompletableFuture.supplyAsync(work, threads)
                .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(inWords(failure, wanted)));
    }

    private Throwable inWords(Throwable failure, String wanted) {
        Throwable cause = Failures.rootCause(failure);
        return cause instanceof TimeoutException
                ? new IllegalStateException(wanted + " could not be had within " + timeout + " (" + TIMEOUT + ")")
                : cause;
    }

    @Override
    public void close() {
        threads.shutdown();
        try {
            if (!threads.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("reading the dataset did not end within " + CLOSE_SECONDS + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            reference.ifPresent(StoredReference::close);
            dataset.close();
        }
    }

    private static int threads(Config config) {
        int threads = config.getInt(THREADS);
        if (threads < 1) {
            throw new IllegalArgumentException(
                    "read-threads must be at least 1, was " + threads + " (" + THREADS + ")");
        }
        return threads;
    }

    private static Duration timeout(Config config) {
        Duration timeout = config.getDuration(TIMEOUT);
        if (timeout.toMillis() < 1) {
            throw new IllegalArgumentException(
                    "read-timeout must be at least 1 ms, was " + timeout + " (" + TIMEOUT + ")");
        }
        return timeout;
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "dataset");
        thread.setDaemon(true);
        return thread;
    }
}
