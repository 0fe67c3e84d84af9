package dev.freshet.ops.service;

import dev.freshet.actors.RunState;
import dev.freshet.actors.RunStatus;
import dev.freshet.streams.EventSink;
import dev.freshet.streams.PipelineEvent;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells systemd, if it started this process, that the run is ready, how it goes, and, as often as its watchdog wants, that it is
 * alive: while it answers and either gets on or is paused. A run that does neither is not reported alive, and systemd ends it
 * and starts it again. Without systemd this does nothing.
 */
public final class ServiceWatch implements EventSink, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceWatch.class);

    /** How often the status is told where no watchdog asks. */
    private static final Duration STATUS_INTERVAL = Duration.ofSeconds(30);

    private final Notifier manager;
    private final Supplier<CompletionStage<RunStatus>> status;
    private final Duration deadline;
    private final Duration interval;
    private final Progress progress;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(ServiceWatch::thread);
    private boolean complained;

    ServiceWatch(
            Notifier manager,
            Supplier<CompletionStage<RunStatus>> status,
            Duration deadline,
            Duration interval,
            LongSupplier nanoTime) {
        this.manager = manager;
        this.status = status;
        this.deadline = deadline;
        this.interval = interval;
        this.progress = new Progress(nanoTime);
    }

    /**
     * Tells that the run is ready, and how it is from now on.
     *
     * @param environment of this process; {@code NOTIFY_SOCKET} and {@code WATCHDOG_USEC} are systemd's
     */
    public static ServiceWatch start(
            Map<String, String> environment,
            Supplier<CompletionStage<RunStatus>> status,
            ServiceSettings settings,
            LongSupplier nanoTime) {
        String socket = environment.getOrDefault("NOTIFY_SOCKET", "");
        Notifier manager = socket.isEmpty() ? state -> {} : NotifySocket.at(socket);
        ServiceWatch watch =
                new ServiceWatch(manager, status, settings.progressDeadline(), interval(environment), nanoTime);
        if (!socket.isEmpty()) {
            watch.tell("READY=1");
            var unused =
                    watch.thread.scheduleAtFixedRate(watch::look, 0, watch.interval.toMillis(), TimeUnit.MILLISECONDS);
        }
        return watch;
    }

    @Override
    public void accept(PipelineEvent event) {
        progress.accept(event);
    }

    /** The run was told to end, and may take its time. */
    public void stopping() {
        tell("STOPPING=1");
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }

    /** Half of what systemd waits, as it advises. */
    private static Duration interval(Map<String, String> environment) {
        String microseconds = environment.getOrDefault("WATCHDOG_USEC", "");
        return microseconds.matches("[1-9]\\d{0,17}")
                ? Duration.ofNanos(Math.max(1, Long.parseLong(microseconds) / 2) * 1000)
                : STATUS_INTERVAL;
    }

    void look() {
        try {
            // An answer that takes longer is none: the next look is due.
            RunStatus now = status.get().toCompletableFuture().get(interval.toMillis(), TimeUnit.MILLISECONDS);
            if (now.state() == RunState.PAUSED) {
                progress.made();
            }
            tell(verdict(now));
        } catch (ExecutionException | TimeoutException | RuntimeException silent) {
            tell("STATUS=does not answer: the watchdog is not told");
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private String verdict(RunStatus status) {
        String text = status.state().label() + " at " + status.version() + " of " + status.totalSteps() + ": "
                + status.stateReason().lines().findFirst().orElse("");
        Duration since = progress.since();
        return since.compareTo(deadline) > 0
                ? "STATUS=no progress for " + since.toMinutes() + " min, the watchdog is not told; " + text
                : "WATCHDOG=1\nSTATUS=" + text;
    }

    private void tell(String state) {
        try {
            manager.tell(state);
        } catch (IOException failure) {
            complainOnce(failure);
        }
    }

    private synchronized void complainOnce(IOException failure) {
        if (!complained) {
            complained = true;
            LOG.warn("{}; further failures are not logged", failure.getMessage());
        }
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "service-watch");
        thread.setDaemon(true);
        return thread;
    }
}
