package dev.freshet.ops.bench;

import dev.freshet.ops.control.Endpoint;
import dev.freshet.ops.control.caller.Answer;
import dev.freshet.ops.control.caller.Call;
import dev.freshet.ops.control.caller.EventWatcher;
import dev.freshet.ops.control.caller.RandomCaller;
import dev.freshet.ops.run.RunFiles;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** Scrapes, looks at and steers one process, from its first step until it has ended well. */
final class Soak {
    private static final Duration TOLD_EVERY = Duration.ofMinutes(1);
    private static final int EVENTS_A_CONNECTION = 500;
    private static final List<String> PROMPTS = List.of("17+25=", "40+40=", "99+01=");

    private final SoakBenchmark.Settings settings;
    private final TrainProcess process;
    private final RunFiles files;
    private final SplittableRandom random;
    private final Consumer<String> log;
    private final ResidentMemory memory;
    private final ScrapeLoop scrapes;
    private final Map<Call, Latencies> latencies = new EnumMap<>(Call.class);
    private final Map<Call, List<String>> wrong = new EnumMap<>(Call.class);
    private final List<String> errors = new ArrayList<>();
    private long eventsWatched;
    private long eventStreams;

    Soak(
            SoakBenchmark.Settings settings,
            TrainProcess process,
            RunFiles files,
            SplittableRandom random,
            Consumer<String> log)
            throws IOException {
        this.settings = settings;
        this.process = process;
        this.files = files;
        this.random = random;
        this.log = log;
        this.memory = new ResidentMemory(process.pid());
        this.scrapes = new ScrapeLoop(process.metrics(settings.deadline()));
    }

    /** Returns when the process has ended. */
    void run() throws IOException, InterruptedException {
        Endpoint endpoint = process.control(settings.deadline());
        RunWatch watch = new RunWatch(files);
        Optional<EventWatcher> watcher =
                settings.watches() ? Optional.of(new EventWatcher(endpoint, EVENTS_A_CONNECTION)) : Optional.empty();
        ScheduledExecutorService seconds = Executors.newScheduledThreadPool(2);
        try (RandomCaller caller =
                new RandomCaller(endpoint, settings.calls(), PROMPTS, random.split(), settings.deadline())) {
            if (!process.await("its first step", () -> watch.has(KillMoment.Trigger.STEP, 1), settings.deadline())) {
                throw new IOException("the run ended before its first step: " + process.lastLine());
            }
            List<Future<?>> everySecond = List.of(
                    seconds.scheduleAtFixedRate(memory::look, 0, 1, TimeUnit.SECONDS),
                    seconds.scheduleAtFixedRate(scrapes::scrape, 0, 1, TimeUnit.SECONDS));
            steer(caller);
            // One that has thrown is not called again.
            if (everySecond.stream().anyMatch(Future::isDone)) {
                throw new IllegalStateException("memory and metrics must be looked at to the end, were not");
            }
        } finally {
            seconds.shutdown();
            watcher.ifPresent(this::end);
        }
        process.terminate();
        int code = process.exitCode(settings.deadline());
        if (code != 0) {
            errors.add("the run must end with exit code 0 on SIGTERM, ended with " + code + ": " + process.lastLine());
        }
    }

    ResidentMemory memory() {
        return memory;
    }

    ScrapeLoop scrapes() {
        return scrapes;
    }

    List<String> errors() {
        return List.copyOf(errors);
    }

    long eventsWatched() {
        return eventsWatched;
    }

    long eventStreams() {
        return eventStreams;
    }

    List<Result> commands() {
        List<Result> results = new ArrayList<>();
        latencies.forEach((call, took) -> {
            Map<String, Object> holdsFor = new LinkedHashMap<>();
            holdsFor.put("command", call.label());
            holdsFor.put(Result.VIOLATIONS, wrong.getOrDefault(call, List.of()));
            results.add(took.result("command_latency", holdsFor));
        });
        return results;
    }

    private void steer(RandomCaller caller) throws IOException {
        long start = System.nanoTime();
        long told = start;
        while (System.nanoTime() - start < settings.duration().toNanos()) {
            LockSupport.parkNanos(random.nextLong(2 * settings.between().toNanos()));
            take(caller.call());
            if (!process.isAlive()) {
                throw new IOException("the run ended while it was steered: " + process.lastLine());
            }
            if (System.nanoTime() - told > TOLD_EVERY.toNanos()) {
                told = System.nanoTime();
                tell(Duration.ofNanos(told - start));
            }
        }
        if (caller.hasPaused()) {
            take(caller.call(Call.RESUME));
        }
    }

    private void take(Answer answer) {
        latencies.computeIfAbsent(answer.call(), call -> new Latencies()).add(answer.took());
        if (!answer.isRight()) {
            wrong.computeIfAbsent(answer.call(), call -> new ArrayList<>()).add(answer.toString());
            log.accept("  VIOLATED " + answer);
        }
    }

    private void tell(Duration since) {
        List<Double> samples = memory.samples();
        log.accept(String.format(
                Locale.ROOT,
                "  %d min, %d commands, %d scrapes, resident %.1f MB",
                since.toMinutes(),
                latencies.values().stream().mapToInt(Latencies::count).sum(),
                scrapes.latencies().count(),
                samples.get(samples.size() - 1)));
    }

    private void end(EventWatcher watcher) {
        watcher.close();
        eventsWatched = watcher.events();
        eventStreams = watcher.connections();
        errors.addAll(watcher.failures());
    }
}
