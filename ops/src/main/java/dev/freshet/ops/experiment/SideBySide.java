package dev.freshet.ops.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Arms that run at the same time. */
final class SideBySide {
    /** For an arm that is interrupted to end its process. */
    private static final long END_SECONDS = 60;

    private SideBySide() {}

    /** What each gives, in their order; the first failure is thrown, when the others have been interrupted and have ended. */
    static <T> List<T> run(List<Callable<T>> arms, int atOnce) throws Exception {
        return run(List.of(() -> arms), Function.identity(), atOnce);
    }

    /**
     * What the arms give, in the order of their bases; failures as of {@link #run(List, int)}.
     *
     * @param bases go before all arms that wait
     * @param arms of a base, which may begin when it is done, though others are not
     */
    static <B, T> List<T> run(List<Callable<B>> bases, Function<B, List<Callable<T>>> arms, int atOnce)
            throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(atOnce);
        try {
            List<Future<T>> running = new ArrayList<>();
            for (Future<B> base : bases.stream().map(threads::submit).toList()) {
                arms.apply(base.get()).forEach(arm -> running.add(threads.submit(arm)));
            }
            List<T> results = new ArrayList<>();
            for (Future<T> arm : running) {
                results.add(arm.get());
            }
            return results;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        } finally {
            threads.shutdownNow();
            var unused = threads.awaitTermination(END_SECONDS, TimeUnit.SECONDS);
        }
    }
}
