package dev.freshet.ops.run;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.ops.run.RunSettings.Rotation;
import dev.freshet.streams.EventSink;
import dev.freshet.streams.PipelineEvent;
import dev.freshet.streams.PipelineEvent.FileDeleted;
import dev.freshet.streams.PipelineEvent.RolloutsSampled;
import dev.freshet.streams.PipelineEvent.TailCut;
import dev.freshet.streams.SampledRollout;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code rollouts/rollouts-00001.jsonl} and on: sampled rollouts, one JSON object a line. A file that has reached its size is
 * compressed by a thread of this class's own.
 */
public final class RolloutFile implements EventSink, Retained, Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(RolloutFile.class);
    private static final Duration COMPRESSION_DEADLINE = Duration.ofSeconds(30);

    private final Path folder;
    private final int attempt;
    private final Rotation rotation;
    private final InstantSource clock;
    private final WriteFailures failures;
    private final ExecutorService compressor;
    private final Object tidying = new Object();
    private int number;
    private LineFile file;
    private long rotateAt;
    private Instant begun;

    private RolloutFile(Path folder, int attempt, Rotation rotation, InstantSource clock) throws IOException {
        this.folder = folder;
        this.attempt = attempt;
        this.rotation = rotation;
        this.clock = clock;
        this.failures = new WriteFailures(folder);
        List<RolloutPart> parts = RolloutPart.in(folder);
        this.number = parts.isEmpty() ? 1 : nextNumber(parts.get(parts.size() - 1));
        Path growing = RolloutPart.path(folder, number);
        this.file = LineFile.open(growing);
        this.begun = LineFile.firstTime(growing).orElseGet(clock::instant);
        this.rotateAt = rotation.fileSize();
        this.compressor = Executors.newSingleThreadExecutor(RolloutFile::compressorThread);
        compressor.execute(this::tidy);
    }

    /** Goes on with the newest file in the folder, or begins the first; finishes what an earlier process left uncompressed. */
    static RolloutFile open(Path folder, int attempt, Rotation rotation, InstantSource clock) throws IOException {
        Files.createDirectories(folder);
        return new RolloutFile(folder, attempt, rotation, clock);
    }

    @Override
    public void accept(PipelineEvent event) {
        if (event instanceof RolloutsSampled sampled) {
            append(sampled);
        }
    }

    /** What the last process left unfinished, and was cut off. */
    synchronized Optional<TailCut> tailCut() {
        return file.tornTail()
                .map(torn -> torn.event(folder.getFileName() + "/" + torn.file().getFileName()));
    }

    @Override
    public List<FileDeleted> deleteSurplus(Instant now) throws IOException {
        DeletedFiles deleted = new DeletedFiles("rollouts");
        synchronized (tidying) {
            List<RolloutPart> parts = RolloutPart.in(folder);
            for (int i = 0; i < parts.size() - 1; i++) {
                Path part = parts.get(i).path();
                int newer = parts.size() - 1 - i;
                String name = folder.getFileName() + "/" + part.getFileName();
                if (deleted.delete(part, name, written -> rotation.surplus(newer, written, now))) {
                    deleteLeftover(RolloutPart.path(folder, parts.get(i).number()));
                }
            }
        }
        return deleted.events();
    }

    /** What is left of the file before its compression was done; a failure must not cost the events of what is deleted. */
    private static void deleteLeftover(Path uncompressed) {
        try {
            Files.deleteIfExists(uncompressed);
        } catch (IOException failure) {
            LOG.warn("{} cannot be deleted and is compressed at the next start: {}", uncompressed, failure.toString());
        }
    }

    /** Writes and compressions that the disk refused. */
    long failures() {
        return failures.count();
    }

    /** Waits for a compression that is under way. One that takes too long is done at the next start. */
    @Override
    public void close() throws IOException {
        synchronized (this) {
            file.close();
        }
        compressor.shutdown();
        try {
            if (!compressor.awaitTermination(COMPRESSION_DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
                LOG.warn(
                        "compressing rollouts in {} takes longer than {}: left to the next start",
                        folder,
                        COMPRESSION_DEADLINE);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void append(RolloutsSampled sampled) {
        Instant now = clock.instant();
        String time = now.toString();
        try {
            for (SampledRollout rollout : sampled.rollouts()) {
                file.append(RunJson.line(new Line(attempt, time, sampled.version(), rollout)));
            }
            failures.succeeded();
            boolean isOld = rotation.maxAge()
                    .filter(age -> begun.plus(age).isBefore(now))
                    .isPresent();
            if (file.length() >= rotateAt || isOld) {
                rotate(now);
            }
        } catch (IOException failure) {
            failures.failed(failure);
        }
    }

    /** If the next file cannot be begun, this one goes on, and the next is tried a file's size later. */
    private void rotate(Instant now) throws IOException {
        rotateAt = file.length() + rotation.fileSize();
        begun = now;
        LineFile next = LineFile.open(RolloutPart.path(folder, number + 1));
        file.close();
        file = next;
        number++;
        rotateAt = rotation.fileSize();
        compressor.execute(this::tidy);
    }

    /** Compresses all files but the growing one, and deletes what is then double. Runs on the compressor's thread. */
    private void tidy() {
        synchronized (tidying) {
            try {
                List<RolloutPart> parts = RolloutPart.in(folder);
                for (RolloutPart part : parts.subList(0, Math.max(0, parts.size() - 1))) {
                    if (!part.isCompressed()) {
                        compress(part.path());
                    }
                    Files.deleteIfExists(RolloutPart.path(folder, part.number()));
                }
            } catch (IOException failure) {
                failures.failed(failure);
            }
        }
    }

    private static void compress(Path plain) throws IOException {
        Path aside = plain.resolveSibling(plain.getFileName() + ".gz.new");
        try (InputStream source = Files.newInputStream(plain);
                OutputStream target = new GZIPOutputStream(Files.newOutputStream(aside))) {
            source.transferTo(target);
        }
        Files.setLastModifiedTime(aside, Files.getLastModifiedTime(plain)); // It is as old as its newest line.
        Files.move(aside, RolloutPart.compressed(plain), StandardCopyOption.ATOMIC_MOVE);
    }

    private static int nextNumber(RolloutPart newest) {
        return newest.isCompressed() ? newest.number() + 1 : newest.number();
    }

    private static Thread compressorThread(Runnable work) {
        Thread thread = new Thread(work, "rollout-compressor");
        thread.setDaemon(true);
        return thread;
    }

    private record Line(
            int attempt,
            String time,
            PolicyVersion version,
            @JsonUnwrapped SampledRollout rollout) {}
}
