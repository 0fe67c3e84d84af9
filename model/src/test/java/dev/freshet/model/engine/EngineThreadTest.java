package dev.freshet.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class EngineThreadTest {
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    /** As {@code ByteBuffer.allocateDirect} complains, which ends no JVM, whatever its flags say of the heap. */
    private static final Callable<String> WITHOUT_MEMORY = () -> {
        throw new OutOfMemoryError("Cannot reserve 8 bytes of direct buffer memory");
    };

    @Test
    void anErrorFailsItsWorkAndTheThreadGoesOn() {
        try (EngineThread thread = EngineThread.start("test", 1)) {
            assertThat(thread.submit(WITHOUT_MEMORY))
                    .failsWithin(DEADLINE)
                    .withThrowableOfType(ExecutionException.class)
                    .withCauseInstanceOf(OutOfMemoryError.class);
            assertThat(thread.submit(() -> "on")).succeedsWithin(DEADLINE).isEqualTo("on");
        }
    }

    @Test
    void whoWaitsIsThrownWhatTheWorkThrew() {
        try (EngineThread thread = EngineThread.start("test", 1)) {
            assertThatThrownBy(() -> thread.call(WITHOUT_MEMORY))
                    .isInstanceOf(OutOfMemoryError.class)
                    .hasMessage("Cannot reserve 8 bytes of direct buffer memory");
            assertThatThrownBy(() -> thread.call(() -> {
                        throw new IllegalArgumentException("no");
                    }))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("no");
            assertThatThrownBy(() -> thread.call(() -> {
                        throw new IOException("no disk");
                    }))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("work of test failed")
                    .hasRootCauseMessage("no disk");
        }
    }

    @Test
    void aClosedThreadFailsWhatItIsGiven() {
        EngineThread thread = EngineThread.start("test", 1);
        thread.close();
        assertThat(thread.submit(() -> "too late"))
                .isCompletedExceptionally()
                .failsWithin(DEADLINE)
                .withThrowableOfType(ExecutionException.class)
                .withMessageContaining("test is closed and takes no more work");
    }

    @Test
    void whatIsOpenedForAnInterruptedCallerIsClosedAgain() {
        CountDownLatch interrupted = new CountDownLatch(1);
        AtomicBoolean closed = new AtomicBoolean();
        try (EngineThread thread = EngineThread.start("test", 1)) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> thread.open(() -> {
                        interrupted.await();
                        return (AutoCloseable) () -> closed.set(true);
                    }))
                    .isInstanceOf(InterruptedException.class);
            interrupted.countDown();
        }
        assertThat(closed).isTrue();
    }

    @Test
    @Timeout(20)
    void anInterruptDoesNotLetACloserGoOnBeforeTheWorkIsDone() {
        Thread closer = Thread.currentThread();
        AtomicBoolean done = new AtomicBoolean();
        EngineThread thread = EngineThread.start("test", 1);
        closer.interrupt();
        thread.execute(() -> {
            while (closer.isInterrupted()) {
                Thread.onSpinWait();
            }
            done.set(true);
        });
        thread.close();
        assertThat(done).isTrue();
        assertThat(Thread.interrupted()).as("the interrupt is still there").isTrue();
    }

    @Test
    void whatIsOpenedIsTheCallersOtherwise() throws Exception {
        AtomicBoolean closed = new AtomicBoolean();
        try (EngineThread thread = EngineThread.start("test", 1)) {
            assertThat(thread.<AutoCloseable>open(() -> () -> closed.set(true))).isNotNull();
        }
        assertThat(closed).isFalse();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void givesWayToThreadsThatDoNotCompute() throws Exception {
        int here = niceness();
        try (EngineThread thread = EngineThread.start("test", 1);
                EngineThread startedByIt = thread.call(() -> EngineThread.start("test-2", 1))) {
            assertThat(thread.call(EngineThreadTest::niceness)).isEqualTo(Math.min(here + 5, 19));
            assertThat(startedByIt.call(EngineThreadTest::niceness))
                    .as("no nicer than that")
                    .isEqualTo(Math.min(here + 5, 19));
        }
        assertThat(niceness()).isEqualTo(here);
    }

    /** Of the calling thread: the nineteenth field, of which the second is a name in parentheses. */
    private static int niceness() throws IOException {
        String stat = Files.readString(Path.of("/proc/thread-self/stat"));
        return Integer.parseInt(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[16]);
    }
}
