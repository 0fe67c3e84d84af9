package dev.freshet.model.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WaitingRequestsTest {
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    private final EngineThread thread = EngineThread.start("test", 1);
    private final List<List<Integer>> answered = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        thread.close();
    }

    @Test
    void whatWaitsIsAnsweredTogetherAndEachWithItsOwn() {
        WaitingRequests<Integer, Integer> requests = new WaitingRequests<>(thread, List::size, this::squares);

        List<CompletionStage<Integer>> answers = askedWhileTheThreadIsBusy(requests, 2, 3, 4);

        assertAnswers(answers, 4, 9, 16);
        assertThat(answered).containsExactly(List.of(2, 3, 4));
    }

    @Test
    void whatDoesNotFitWaitsForTheNextCall() {
        WaitingRequests<Integer, Integer> requests =
                new WaitingRequests<>(thread, waiting -> Math.min(2, waiting.size()), this::squares);

        List<CompletionStage<Integer>> answers = askedWhileTheThreadIsBusy(requests, 2, 3, 4);

        assertAnswers(answers, 4, 9, 16);
        assertThat(answered).containsExactly(List.of(2, 3), List.of(4));
    }

    @Test
    void aFailureIsOfThoseThatWereAnsweredTogether() {
        WaitingRequests<Integer, Integer> requests = new WaitingRequests<>(thread, waiting -> 1, this::squares);

        List<CompletionStage<Integer>> answers = askedWhileTheThreadIsBusy(requests, -1, 3);

        assertThat(answers.get(0))
                .failsWithin(DEADLINE)
                .withThrowableOfType(ExecutionException.class)
                .withMessageContaining("-1");
        assertThat(answers.get(1)).succeedsWithin(DEADLINE).isEqualTo(9);
    }

    @Test
    void aClosedThreadAnswersNobodyAndSaysSo() {
        WaitingRequests<Integer, Integer> requests = new WaitingRequests<>(thread, List::size, this::squares);
        thread.close();

        assertThat(requests.ask(1))
                .failsWithin(DEADLINE)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(IllegalStateException.class)
                .withMessageContaining("test is closed");
    }

    private List<CompletionStage<Integer>> askedWhileTheThreadIsBusy(
            WaitingRequests<Integer, Integer> requests, Integer... questions) {
        CountDownLatch asked = new CountDownLatch(1);
        thread.execute(() -> awaitQuietly(asked));
        List<CompletionStage<Integer>> answers =
                Stream.of(questions).map(requests::ask).toList();
        asked.countDown();
        return answers;
    }

    private List<Integer> squares(List<Integer> numbers) {
        answered.add(List.copyOf(numbers));
        return numbers.stream().map(WaitingRequestsTest::square).toList();
    }

    private static int square(int number) {
        if (number < 0) {
            throw new IllegalArgumentException("no square of " + number);
        }
        return number * number;
    }

    private static void assertAnswers(List<CompletionStage<Integer>> answers, Integer... expected) {
        for (int i = 0; i < expected.length; i++) {
            assertThat(answers.get(i)).succeedsWithin(DEADLINE).isEqualTo(expected[i]);
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
