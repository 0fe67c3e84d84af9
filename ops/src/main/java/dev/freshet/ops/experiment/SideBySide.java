package dev.freshet.ops.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Arms that run at the same time. */
final class SideBySide {
    private SideBySide() {}

    /** What each gives, in their order; the first failure is thrown, when all that run have ended. */
    static <T> List<T> run(List<Callable<T>> arms, int atOnce) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(atOnce);
        try {
            List<T> results = new ArrayList<>();
            for (Future<T> arm : threads.invokeAll(arms)) {
                results.add(arm.get());
            }
            return results;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        } finally {
            threads.shutdownNow();
        }
    }
}
