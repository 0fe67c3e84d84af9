package dev.freshet.ops.training;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** What callers of a part wait for, so that none waits on when the part has closed. Safe for threads. */
final class PendingAnswers<T> {
    private final AtomicLong opened = new AtomicLong();
    private final Map<Long, CompletableFuture<T>> open = new ConcurrentHashMap<>();

    /** One more, until it is completed. */
    CompletableFuture<T> open() {
        CompletableFuture<T> answer = new CompletableFuture<>();
        long number = opened.incrementAndGet();
        open.put(number, answer);
        var unused = answer.whenComplete((done, failure) -> open.remove(number));
        return answer;
    }

    /** Fails all that are open. */
    void refuse(RuntimeException why) {
        open.values().forEach(answer -> answer.completeExceptionally(why));
    }
}
