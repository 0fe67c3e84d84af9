package dev.freshet.actors;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class FailuresTest {
    @Test
    void findsWhatADependentStageWrapped() {
        TimeoutException timeout = new TimeoutException("late");
        CompletableFuture<String> asked = CompletableFuture.failedFuture(timeout);

        Throwable seen = asked.thenApply(String::length)
                .handle((length, failure) -> failure)
                .join();

        assertThat(seen).isInstanceOf(CompletionException.class);
        assertThat(Failures.rootCause(seen)).isSameAs(timeout);
    }

    @Test
    void unwrapsNestedWrappersAndNothingElse() {
        IllegalStateException real = new IllegalStateException("real", new RuntimeException("deeper"));

        assertThat(Failures.rootCause(new ExecutionException(new CompletionException(real))))
                .isSameAs(real);
        assertThat(Failures.rootCause(real)).isSameAs(real);
    }

    @Test
    void describesAFailureWithoutMessageByItsKind() {
        assertThat(Failures.describe(new CompletionException(new StackOverflowError())))
                .isEqualTo("StackOverflowError");
        assertThat(Failures.describe(new IllegalStateException("no room"))).isEqualTo("no room");
    }
}
