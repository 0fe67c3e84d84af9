package dev.freshet.ops.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.streams.PipelineEvent;
import dev.freshet.streams.PipelineEvent.DeletionFailed;
import dev.freshet.streams.PipelineEvent.FileDeleted;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RetentionTest {
    private static final FileDeleted DELETED = new FileDeleted("log", "freshet.8.log", 10, "more than 8 files");

    private final List<PipelineEvent> events = new ArrayList<>();

    @Test
    void tellsOfEachFileAndGoesOnWithTheNextKindAfterAFailure() {
        Retained broken = now -> {
            throw new IOException("read-only");
        };
        try (Retention retention = new Retention(
                Path.of("run"), List.of(broken, now -> List.of(DELETED)), events::add, InstantSource.system())) {
            retention.look();
            assertThat(events).containsExactly(new DeletionFailed("read-only; it is tried again"), DELETED);
            retention.look();
            assertThat(retention.failures()).isEqualTo(2);
        }
        assertThat(events).as("a failure that lasts is told once").hasSize(3).endsWith(DELETED, DELETED);
    }

    /** As a folder does whose next entry the disk does not give. */
    @Test
    void aFolderThatCannotBeListedIsAFailureLikeAnother() {
        Retained broken = now -> {
            throw new UncheckedIOException(new IOException("stale file handle"));
        };
        try (Retention retention =
                new Retention(Path.of("run"), List.of(broken), events::add, InstantSource.system())) {
            retention.look();
            assertThat(retention.failures()).isEqualTo(1);
        }
        assertThat(events).containsExactly(new DeletionFailed("stale file handle; it is tried again"));
    }

    @Test
    void looksWithoutBeingAsked() throws InterruptedException {
        LinkedBlockingQueue<PipelineEvent> told = new LinkedBlockingQueue<>();
        Retention retention =
                Retention.start(Path.of("run"), List.of(now -> List.of(DELETED)), told::add, InstantSource.system());
        assertThat(told.poll(10, TimeUnit.SECONDS)).isEqualTo(DELETED);
        retention.close();
    }
}
