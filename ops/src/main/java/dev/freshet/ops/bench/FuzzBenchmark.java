package dev.freshet.ops.bench;

import dev.freshet.ops.control.ClientSecurity;
import dev.freshet.ops.control.ControlClient;
import dev.freshet.ops.control.Endpoint;
import dev.freshet.ops.listen.BearerToken;
import dev.freshet.ops.run.RunFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * Whether callers who send what no honest one sends can harm a run: a small one, paused, in a process of its own, on a real
 * socket. Nothing of what it shows may change, no call may be answered by anything but a refusal of its kind, the server's
 * metrics must count what its callers do, and afterwards the process must hold no thread, file or open call more than before.
 */
record FuzzBenchmark(Settings settings) implements Benchmark {
    private static final double NANOS_PER_SECOND = 1e9;

    /**
     * @param requests in all, at least 1
     * @param window requests under way at one time
     * @param requestsPerCut after which a connection is made and cut off
     * @param overrides of the quickstart's settings
     * @param deadline of every wait
     */
    record Settings(
            int requests, int window, int requestsPerCut, long seed, List<String> overrides, Duration deadline) {
        private static final List<String> SMALL = SmallRuns.with(
                "freshet.warm-up.steps=20",
                "freshet.train.steps=1000000",
                // Whether what is beyond a bound is refused is looked at elsewhere; here each request shall be read.
                "freshet.control.max-calls-per-second=1000000",
                "freshet.control.max-concurrent-calls=256",
                "freshet.control.max-streams=256");

        Settings {
            overrides = List.copyOf(overrides);
        }

        static Settings full() {
            return of(120_000);
        }

        static Settings of(int requests) {
            return new Settings(requests, 64, 100, 1, SMALL, Duration.ofMinutes(3));
        }
    }

    @Override
    public List<Result> run(Consumer<String> log) throws Exception {
        Path root = Files.createTempDirectory("freshet-fuzz");
        String token = "fuzz-" + Long.toHexString(settings.seed()) + "-0123456789abcdef";
        Path tokenFile = Files.createFile(
                root.resolve("token"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(tokenFile, token);
        List<String> all = new ArrayList<>(settings.overrides());
        all.add("freshet.control.token-file=" + tokenFile);
        Path run = root.resolve("run");
        List<Result> results;
        try (TrainProcess process = TrainProcess.start(
                TrainProcess.Launch.fresh(run, root.resolve("train.txt"), all.toArray(String[]::new)))) {
            awaitSteps(process, run);
            Endpoint endpoint = process.control(settings.deadline());
            ClientSecurity security = new ClientSecurity(Optional.of(BearerToken.read(tokenFile)), Optional.empty());
            try (ControlClient client = new ControlClient(endpoint, security);
                    FuzzCaller caller = new FuzzCaller(endpoint, token, 4)) {
                FuzzedProcess fuzzed = new FuzzedProcess(
                        process, new RunFiles(run), client, process.metrics(settings.deadline()), settings.deadline());
                results = measure(fuzzed, caller, endpoint, log);
            }
        }
        if (results.stream().allMatch(result -> result.violations().isEmpty())) {
            DiscardedRun.delete(root);
        } else {
            log.accept("the run is left in " + root);
        }
        return results;
    }

    private void awaitSteps(TrainProcess process, Path run) throws IOException {
        RunWatch watch = new RunWatch(new RunFiles(run));
        if (!process.await("its third step", () -> watch.has(KillMoment.Trigger.STEP, 3), settings.deadline())) {
            throw new IOException("the run ended before its third step: " + process.lastLine());
        }
    }

    private List<Result> measure(FuzzedProcess fuzzed, FuzzCaller caller, Endpoint endpoint, Consumer<String> log)
            throws Exception {
        SplittableRandom random = new SplittableRandom(settings.seed());
        FuzzRequests requests =
                new FuzzRequests(random.split(), FuzzedProcess.LARGEST_MESSAGE, fuzzed.mutableSettings());
        FuzzSession session = new FuzzSession(caller, settings.window(), settings.deadline());
        fuzzed.pause();
        // Threads and buffers that any calls bring into being shall not count as leaks.
        session.send(requests, Math.max(200, settings.requests() / 100));
        session.forget();
        FuzzedProcess.Look before = fuzzed.before();
        long start = System.nanoTime();
        for (int sent = 0; sent < settings.requests(); sent += settings.requestsPerCut()) {
            session.send(requests, Math.min(settings.requestsPerCut(), settings.requests() - sent));
            CutConnection.make(endpoint, random);
            if (sent % (settings.requests() / 10 + 1) < settings.requestsPerCut()) {
                log.accept(sent + " requests");
            }
        }
        session.awaitAll();
        double seconds = (System.nanoTime() - start) / NANOS_PER_SECOND;
        List<String> violations = new ArrayList<>(session.violations());
        Map<String, Long> counted = Map.of();
        if (fuzzed.isAlive()) {
            FuzzedProcess.Look after = fuzzed.after(before);
            counted = after.calls().endedSince(before.calls());
            violations.addAll(FuzzedProcess.differences(before, after));
            violations.addAll(session.tally().differences(counted));
        } else {
            violations.add("the process died");
        }
        violations.addAll(fuzzed.errors());
        return List.of(result(session, counted, seconds, violations));
    }

    private Result result(FuzzSession session, Map<String, Long> counted, double seconds, List<String> violations) {
        Map<String, Object> extra = new LinkedHashMap<>();
        extra.put("seconds", seconds);
        extra.put("by_kind", session.byKind());
        extra.put("by_code", session.byCode());
        extra.put("counted_by_the_server", counted);
        extra.put("known_to_callers", session.tally().expected());
        extra.put("cut_connections", (settings.requests() + settings.requestsPerCut() - 1) / settings.requestsPerCut());
        extra.put(Result.VIOLATIONS, violations);
        return new Result("requests", session.sent(), "answered as they should", extra);
    }
}
