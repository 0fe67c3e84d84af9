package dev.freshet.ops.bench;

import io.grpc.Status;
import io.grpc.Status.Code;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Sends requests, a bounded number at a time, and counts how they were answered. */
final class FuzzSession {
    private static final int VIOLATIONS_SHOWN = 20;

    private final FuzzCaller caller;
    private final int window;
    private final Semaphore free;
    private final Duration deadline;
    private final Map<String, Long> byKind = new TreeMap<>();
    private final Map<String, Long> byCode = new TreeMap<>();
    private final CallTally tally = new CallTally();
    private final List<String> violations = new ArrayList<>();
    private long wrong;
    private long sent;

    FuzzSession(FuzzCaller caller, int window, Duration deadline) {
        this.caller = caller;
        this.window = window;
        this.free = new Semaphore(window);
        this.deadline = deadline;
    }

    void send(FuzzRequests requests, int count) throws IOException, InterruptedException {
        for (int i = 0; i < count; i++) {
            FuzzRequest request = requests.next();
            if (!free.tryAcquire(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException("no answer to any of " + window + " requests within " + deadline);
            }
            var unused = caller.call(request).whenComplete((status, failure) -> {
                count(request, status);
                free.release();
            });
        }
    }

    /** Waits for all that are under way. */
    void awaitAll() throws IOException, InterruptedException {
        if (!free.tryAcquire(window, deadline.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new IOException((window - free.availablePermits()) + " requests had no answer within " + deadline);
        }
        free.release(window);
    }

    /** Of how what was sent until now was answered. */
    void forget() throws IOException, InterruptedException {
        awaitAll();
        synchronized (this) {
            byKind.clear();
            byCode.clear();
            tally.clear();
            sent = 0;
        }
    }

    synchronized long sent() {
        return sent;
    }

    synchronized Map<String, Long> byKind() {
        return new TreeMap<>(byKind);
    }

    synchronized Map<String, Long> byCode() {
        return new TreeMap<>(byCode);
    }

    /** What the server must have counted of what was sent. */
    CallTally tally() {
        return tally;
    }

    /** The first answers that were not as they may be, and how many more there were. */
    synchronized List<String> violations() {
        List<String> all = new ArrayList<>(violations);
        if (wrong > all.size()) {
            all.add("and " + (wrong - all.size()) + " more wrong answers");
        }
        return all;
    }

    private synchronized void count(FuzzRequest request, Status status) {
        sent++;
        Code code = status.getCode();
        byKind.merge(request.kind(), 1L, Long::sum);
        byCode.merge(code.name().toLowerCase(Locale.ROOT), 1L, Long::sum);
        tally.add(request, code);
        if (request.allowed().contains(code)) {
            return;
        }
        wrong++;
        if (violations.size() < VIOLATIONS_SHOWN) {
            violations.add(request.kind() + ": " + request.method() + " with " + request.messages() + " was answered "
                    + code + " (" + status.getDescription() + "), may be answered " + request.allowed());
        }
    }
}
