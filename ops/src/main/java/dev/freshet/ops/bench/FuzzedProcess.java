package dev.freshet.ops.bench;

import dev.freshet.actors.RunControl.PauseMode;
import dev.freshet.ops.control.ControlClient;
import dev.freshet.ops.control.SteeringClient;
import dev.freshet.ops.run.RunFiles;
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
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The process of a run that is being fuzzed, as far as it can be seen from outside. */
final class FuzzedProcess {
    /** Default of {@code freshet.control.max-message-size}, in bytes. */
    static final int LARGEST_MESSAGE = 64 * 1024;

    /** What calls could leave behind. */
    private enum Held {
        /** Java itself starts and ends some as it likes: compilers, and idle ones of pools. */
        THREADS("threads", 8),
        /** Some are open for a moment: jars, the journal, a scrape. */
        FILES("open files and sockets", 8),
        CALLS("open calls", 0);

        private final String words;
        private final int passing;

        Held(String words, int passing) {
            this.words = words;
            this.passing = passing;
        }
    }

    private final TrainProcess process;
    private final RunFiles files;
    private final ControlClient client;
    private final URI metrics;
    private final Duration deadline;
    private final HttpClient http = HttpClient.newHttpClient();

    FuzzedProcess(TrainProcess process, RunFiles files, ControlClient client, URI metrics, Duration deadline) {
        this.process = process;
        this.files = files;
        this.client = client;
        this.metrics = metrics;
        this.deadline = deadline;
    }

    /**
     * One look at it, while nobody else calls.
     *
     * @param shown what the run tells of itself, by what it is
     * @param calls that have ended, but for those of this look
     */
    record Look(Map<String, String> shown, Map<Held, Long> held, CallMetrics calls) {}

    /** Nothing of a paused run changes by itself. */
    void pause() {
        var unused = client.pause(PauseMode.NOW);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Keys. */
    List<String> mutableSettings() {
        return new SteeringClient(client)
                .parameters().stream().map(SteeringClient.ListedParameter::key).toList();
    }

    Look before() throws IOException {
        Map<String, String> shown = shown();
        boolean unused = process.await("the end of all calls", () -> scrape().open() == 0, deadline);
        CallMetrics calls = scrape();
        return new Look(shown, held(calls), calls);
    }

    /** What a process needs a moment to give back is waited for. */
    Look after(Look before) throws IOException {
        try {
            boolean unused = process.await(
                    "what it held before", () -> more(before, held(scrape())).isEmpty(), deadline);
        } catch (IOException stillMore) {
            // Is told by numbers.
        }
        CallMetrics calls = scrape();
        Map<Held, Long> held = held(calls);
        return new Look(shown(), held, calls);
    }

    /** What is not as it was. */
    static List<String> differences(Look before, Look after) {
        List<String> differences = more(before, after.held());
        before.shown().forEach((what, was) -> {
            String is = after.shown().getOrDefault(what, "");
            if (!is.equals(was)) {
                differences.add(what + " was " + was + ", is " + is);
            }
        });
        return differences;
    }

    /** Lines in the logs that tell of an error; what a caller did wrong is none. */
    List<String> errors() throws IOException {
        return LogErrors.in(process.printed(), files.root());
    }

    private static List<String> more(Look before, Map<Held, Long> held) {
        List<String> more = new ArrayList<>();
        held.forEach((what, is) -> {
            long was = before.held().getOrDefault(what, 0L);
            if (is > was + what.passing) {
                more.add(what.words + " were " + was + ", are " + is);
            }
        });
        return more;
    }

    private Map<String, String> shown() throws IOException {
        SteeringClient steering = new SteeringClient(client);
        Map<String, String> shown = new LinkedHashMap<>();
        shown.put("status", client.status().toString());
        shown.put("divergences", client.listDivergences().toString());
        steering.parameters().forEach(parameter -> shown.put(parameter.key(), parameter.value()));
        shown.put("objectives", steering.objectives().toString());
        shown.put("size of the journal", Files.size(files.events()) + " bytes");
        return shown;
    }

    private Map<Held, Long> held(CallMetrics calls) {
        Map<Held, Long> held = new EnumMap<>(Held.class);
        held.put(Held.THREADS, entries("task"));
        held.put(Held.FILES, entries("fd"));
        held.put(Held.CALLS, calls.open());
        return held;
    }

    private CallMetrics scrape() {
        HttpRequest scrape = HttpRequest.newBuilder(metrics).timeout(deadline).build();
        try {
            return CallMetrics.parse(http.send(scrape, BodyHandlers.ofString()).body());
        } catch (IOException noAnswer) {
            throw new UncheckedIOException(noAnswer);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new IOException("interrupted while the metrics were scraped", interrupted));
        }
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
