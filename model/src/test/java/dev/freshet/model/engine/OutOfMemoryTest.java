package dev.freshet.model.engine;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.EngineException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutOfMemoryTest {
    @ParameterizedTest
    @ValueSource(strings = {"Java heap space", "Cannot reserve 10 bytes of direct buffer memory", "Metaspace"})
    void isAnErrorOfJavaBehindWhateverWrapsIt(String message) {
        OutOfMemoryError error = new OutOfMemoryError(message);

        assertThat(OutOfMemory.isCauseOf(error)).isTrue();
        assertThat(OutOfMemory.cause(new CompletionException(new IllegalStateException("the step failed", error))))
                .contains(error);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[enforce fail at alloc_cpu.cpp:80] data. DefaultCPUAllocator: can't allocate memory: you tried to allocate 8"
                        + " bytes. Error code 12 (Cannot allocate memory)",
                "CUDA out of memory. Tried to allocate 2.00 GiB",
                "std::bad_alloc"
            })
    void isAComplaintOfTheEngine(String message) {
        assertThat(OutOfMemory.isCauseOf(new IllegalStateException(new EngineException(message))))
                .isTrue();
    }

    @Test
    void isAComplaintOfTheSystem() {
        assertThat(OutOfMemory.isCauseOf(
                        new IOException("Cannot run program \"judge\": error=12, Cannot allocate memory")))
                .isTrue();
    }

    /** Or whoever can have himself quoted could end the process. */
    @ParameterizedTest
    @ValueSource(strings = {"bad_alloc", "CUDA out of memory", "DefaultCPUAllocator: ", "Cannot allocate memory"})
    void isNotWhatQuotesIt(String words) {
        assertThat(OutOfMemory.isCauseOf(new IllegalArgumentException("there is no suite \"" + words + "\"")))
                .isFalse();
        assertThat(OutOfMemory.isCauseOf(new IOException("the judge answered \"" + words + "\"")))
                .isFalse();
    }

    @Test
    void complainsInTheLineThatNamesIt() {
        String traced = """
                The following operation failed in the TorchScript interpreter.
                Traceback of TorchScript (most recent call last):
                RuntimeError: [enforce fail at alloc_cpu.cpp:118] DefaultCPUAllocator: can't allocate memory
                """;
        assertThat(OutOfMemory.complaint(new IllegalStateException(new EngineException(traced))))
                .isEqualTo(
                        "RuntimeError: [enforce fail at alloc_cpu.cpp:118] DefaultCPUAllocator: can't allocate memory");
        assertThat(OutOfMemory.complaint(new OutOfMemoryError("Java heap space")))
                .isEqualTo("Java heap space");
    }

    @Test
    void isNothingElse() {
        assertThat(OutOfMemory.isCauseOf(new IOException("No space left on device")))
                .isFalse();
        assertThat(OutOfMemory.isCauseOf(new StackOverflowError())).isFalse();
        assertThat(OutOfMemory.isCauseOf(new IllegalStateException("no memory of that")))
                .isFalse();
    }

    @Test
    void aCircleOfCausesEnds() {
        Exception one = new Exception("one");
        Exception other = new Exception("other", one);
        one.initCause(other);

        assertThat(OutOfMemory.isCauseOf(one)).isFalse();
    }

    @Test
    void isReportedByTheThreadThatWorksNatively() {
        List<Throwable> reported = reportedDuring(() -> {
            try (EngineThread thread = EngineThread.start("test", 1)) {
                thread.submit(() -> {
                            throw new OutOfMemoryError("Cannot reserve 10 bytes of direct buffer memory");
                        })
                        .exceptionally(failure -> null)
                        .join();
                thread.submit(() -> {
                            throw new IllegalStateException("another failure");
                        })
                        .exceptionally(failure -> null)
                        .join();
            }
        });

        assertThat(reported).singleElement().isInstanceOf(OutOfMemoryError.class);
    }

    private static List<Throwable> reportedDuring(Runnable work) {
        List<Throwable> reported = new ArrayList<>();
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> reported.add(failure));
        try {
            work.run();
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
        return reported;
    }
}
