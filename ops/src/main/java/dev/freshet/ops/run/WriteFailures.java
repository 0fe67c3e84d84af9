package dev.freshet.ops.run;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a file could not be told. A full or broken disk must not stop training: each loss is counted, and logged only when a row
 * of losses begins and when it ends.
 */
final class WriteFailures {
    private static final Logger LOG = LoggerFactory.getLogger(WriteFailures.class);

    private final Path file;
    private final AtomicLong count = new AtomicLong();
    private final AtomicLong inARow = new AtomicLong();

    WriteFailures(Path file) {
        this.file = file;
    }

    void failed(IOException failure) {
        count.incrementAndGet();
        if (inARow.getAndIncrement() == 0) {
            LOG.error("cannot write {}: {}; the run goes on, and what is lost is counted", file, failure.toString());
        }
    }

    void succeeded() {
        if (inARow.get() == 0) {
            return;
        }
        long lost = inARow.getAndSet(0);
        if (lost > 0) {
            LOG.warn("{} can be written again; writes lost in between: {}", file, lost);
        }
    }

    /** Whether the newest write was refused. */
    boolean isFailing() {
        return inARow.get() > 0;
    }

    long count() {
        return count.get();
    }
}
