package dev.freshet.ops.bench;

import dev.freshet.actors.RunControl.PauseMode;
import dev.freshet.actors.RunStatus;
import dev.freshet.ops.control.ControlClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The process of a run that is being fuzzed, as far as it can be seen from outside. */
final class FuzzedProcess {
    /** Default of {@code freshet.control.max-message-size}, in bytes. */
    static final int LARGEST_MESSAGE = 64 * 1024;

    /** Threads that Java itself starts and ends as it likes: compilers, and idle ones of pools. */
    private static final int JAVAS_OWN_THREADS = 8;

    /** Files that are open for a moment: jars, the journal, a scrape. */
    private static final int PASSING_FILES = 8;

    private static final Pattern COUNTED =
            Pattern.compile("freshet_control_commands_total\\{.*result=\"([a-z_]+)\".*} ([0-9.E]+)");

    private final TrainProcess process;
    private final ControlClient client;
    private final URI metrics;
    private final Duration deadline;
    private final HttpClient http = HttpClient.newHttpClient();

    FuzzedProcess(TrainProcess process, ControlClient client, URI metrics, Duration deadline) {
        this.process = process;
        this.client = client;
        this.metrics = metrics;
        this.deadline = deadline;
    }

    /** One look at it. */
    record Look(RunStatus status, String divergences, long threads, long files, Map<String, Long> counted) {}

    /** Nothing of a paused run changes by itself. */
    void pause() {
        var unused = client.pause(PauseMode.NOW);
    }

    Look look() throws IOException, InterruptedException {
        return new Look(
                client.status(), client.listDivergences().toString(), entries("task"), entries("fd"), counted());
    }

    /** What is not as it was; what a process needs a moment to give back is waited for. */
    List<String> differences(Look before) throws IOException, InterruptedException {
        if (!process.isAlive()) {
            return List.of("the process died: " + process.lastLine());
        }
        try {
            boolean unused = process.await(
                    "as few threads and files as before",
                    () -> entries("task") <= before.threads() + JAVAS_OWN_THREADS
                            && entries("fd") <= before.files() + PASSING_FILES,
                    deadline);
        } catch (IOException stillMore) {
            // Is told below, by numbers.
        }
        Look after = look();
        List<String> differences = new ArrayList<>();
        if (!after.status().equals(before.status())) {
            differences.add("status was " + before.status() + ", is " + after.status());
        }
        if (!after.divergences().equals(before.divergences())) {
            differences.add("divergences were " + before.divergences() + ", are " + after.divergences());
        }
        if (after.threads() > before.threads() + JAVAS_OWN_THREADS) {
            differences.add("threads were " + before.threads() + ", are " + after.threads());
        }
        if (after.files() > before.files() + PASSING_FILES) {
            differences.add("open files and sockets were " + before.files() + ", are " + after.files());
        }
        return differences;
    }

    /** Calls that the server counted since then, by how it answered them. */
    Map<String, Long> refusedSince(Look before) throws IOException, InterruptedException {
        Map<String, Long> since = new TreeMap<>();
        counted().forEach((result, calls) -> {
            long more = calls - before.counted().getOrDefault(result, 0L);
            if (more > 0) {
                since.put(result, more);
            }
        });
        return since;
    }

    private Map<String, Long> counted() throws IOException, InterruptedException {
        HttpRequest scrape = HttpRequest.newBuilder(metrics).timeout(deadline).build();
        Map<String, Long> counted = new TreeMap<>();
        for (String line :
                http.send(scrape, BodyHandlers.ofString()).body().lines().toList()) {
            Matcher matcher = COUNTED.matcher(line);
            if (matcher.matches()) {
                counted.merge(matcher.group(1), Math.round(Double.parseDouble(matcher.group(2))), Long::sum);
            }
        }
        return counted;
    }

    /** Entries of a folder that Linux shows of the process. */
    private long entries(String folder) {
        try (Stream<Path> entries = Files.list(Path.of("/proc", Long.toString(process.pid()), folder))) {
            return entries.count();
        } catch (IOException ended) {
            throw new UncheckedIOException(ended);
        }
    }
}
