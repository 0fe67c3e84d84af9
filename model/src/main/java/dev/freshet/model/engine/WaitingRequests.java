package dev.freshet.model.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/**
 * Requests of any threads, answered in their order by one {@link EngineThread}: those that wait when it comes to them together, as
 * a native call costs much the same for one as for many.
 *
 * @param <Q> what is asked
 * @param <A> what is answered
 */
public final class WaitingRequests<Q, A> {
    private final EngineThread thread;
    private final ToIntFunction<List<Q>> fitting;
    private final Function<List<Q>, List<A>> answers;
    private final ConcurrentLinkedQueue<Request<Q, A>> waiting = new ConcurrentLinkedQueue<>();

    /**
     * @param thread stays the caller's
     * @param fitting how many of the waiting requests, oldest first and at least one, are answered at once; from 1 on
     * @param answers of requests, in their order; runs on the thread, and what it throws fails each of them
     */
    public WaitingRequests(EngineThread thread, ToIntFunction<List<Q>> fitting, Function<List<Q>, List<A>> answers) {
        this.thread = thread;
        this.fitting = fitting;
        this.answers = answers;
    }

    /** Fails with an {@link IllegalStateException} once the thread is closed. */
    public CompletionStage<A> ask(Q question) {
        Request<Q, A> request = new Request<>(question, new CompletableFuture<>());
        waiting.add(request);
        try {
            thread.execute(this::answerWaiting);
        } catch (IllegalStateException e) {
            waiting.remove(request);
            request.answer().completeExceptionally(e);
        }
        return request.answer();
    }

    /** Comes once for each request; does nothing if an earlier call took them all. */
    private void answerWaiting() {
        List<Request<Q, A>> together = new ArrayList<>(waiting);
        if (together.isEmpty()) {
            return;
        }
        try {
            int count = fitting.applyAsInt(questions(together));
            together = together.subList(0, count);
            together.forEach(request -> waiting.remove());
            List<A> answered = answers.apply(questions(together));
            for (int i = 0; i < count; i++) {
                together.get(i).answer().complete(answered.get(i));
            }
        } catch (Throwable e) {
            together.forEach(request -> request.answer().completeExceptionally(e));
        }
    }

    private static <Q, A> List<Q> questions(List<Request<Q, A>> requests) {
        return requests.stream().map(Request::question).toList();
    }

    private record Request<Q, A>(Q question, CompletableFuture<A> answer) {}
}
