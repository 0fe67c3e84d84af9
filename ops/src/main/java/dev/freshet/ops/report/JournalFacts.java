package dev.freshet.ops.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.freshet.ops.run.Journal;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What a report tells from a run's journal. Works on a journal whose oldest parts are gone, and on one that still grows.
 */
final class JournalFacts {
    /** Too many, or told by the metrics; a journal of weeks is mostly these, so they are not even parsed. */
    private static final Set<String> NOT_PARSED = Set.of(
            "\"type\":\"StepTrained\"",
            "\"type\":\"DivergencesMeasured\"",
            "\"type\":\"GroupDropped\"",
            "\"type\":\"WarmUpProgressed\"");

    private static final Set<String> NOT_NOTABLE =
            Set.of("JournalOpened", "CheckpointWritten", "EvaluationCompleted", "FidelityMeasured", "FileDeleted");
    private static final int TYPE_WITHIN = 160;

    private final JsonMapper mapper = new JsonMapper();
    private final List<JsonNode> evaluations = new ArrayList<>();
    private final List<JsonNode> fidelity = new ArrayList<>();
    private final List<JsonNode> switches = new ArrayList<>();
    private final List<JsonNode> notable = new ArrayList<>();
    private JsonNode started = MissingNode.getInstance();
    private JsonNode finished = MissingNode.getInstance();
    private Duration wallTime = Duration.ZERO;
    private String attemptBegan = "";
    private String lastLine = "";
    private int attempt;

    private JournalFacts() {}

    static JournalFacts read(Path journal) throws IOException {
        JournalFacts facts = new JournalFacts();
        for (Path part : Journal.parts(journal)) {
            try (BufferedReader lines = Files.newBufferedReader(part)) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    facts.add(line);
                }
            }
        }
        facts.endAttempt();
        return facts;
    }

    /** The newest {@code RunStarted}, or a missing node. */
    JsonNode started() {
        return started;
    }

    /** The {@code RunFinished} of the newest attempt, or a missing node. */
    JsonNode finished() {
        return finished;
    }

    int attempts() {
        return attempt;
    }

    /** Sum over the attempts, without the time between them. */
    Duration wallTime() {
        return wallTime;
    }

    /** {@code DivergenceSwitched} events that the newest version stands on. */
    List<JsonNode> switches() {
        return List.copyOf(switches);
    }

    /** Events that a person wants to be told of one by one. */
    List<JsonNode> notable() {
        return List.copyOf(notable);
    }

    /** {@code EvaluationCompleted} events that the newest version stands on. */
    List<JsonNode> evaluations() {
        return List.copyOf(evaluations);
    }

    /** {@code FidelityMeasured} events that the newest version stands on. */
    List<JsonNode> fidelity() {
        return List.copyOf(fidelity);
    }

    private void add(String line) {
        String beginning = line.substring(0, Math.min(line.length(), TYPE_WITHIN));
        if (NOT_PARSED.stream().noneMatch(beginning::contains)) {
            try {
                addEvent(mapper.readTree(line));
            } catch (JsonProcessingException torn) {
                return;
            }
        }
        lastLine = line;
    }

    private void addEvent(JsonNode event) {
        int newAttempt = event.path("attempt").asInt();
        if (newAttempt != attempt) {
            endAttempt();
            attempt = newAttempt;
            attemptBegan = event.path("time").asText();
            finished = MissingNode.getInstance();
        }
        String type = event.path("type").asText();
        switch (type) {
            case "RunStarted" -> start(event);
            case "EvaluationCompleted" -> evaluations.add(event);
            case "FidelityMeasured" -> fidelity.add(event);
            case "DivergenceSwitched" -> switches.add(event);
            case "RunFinished" -> finished = event;
            default -> {}
        }
        if (!NOT_NOTABLE.contains(type)) {
            notable.add(event);
        }
    }

    private void start(JsonNode event) {
        started = event;
        long resumedFrom = event.path("resumed_from").asLong(-1);
        evaluations.removeIf(evaluation -> evaluation.path("version").asLong() > resumedFrom);
        fidelity.removeIf(measured -> measured.path("version").asLong() > resumedFrom);
        switches.removeIf(switched -> switched.path("first_version").asLong() > resumedFrom);
    }

    private void endAttempt() {
        if (lastLine.isEmpty()) {
            return;
        }
        try {
            String time = mapper.readTree(lastLine).path("time").asText();
            wallTime = wallTime.plus(Duration.between(Instant.parse(attemptBegan), Instant.parse(time)));
        } catch (JsonProcessingException | DateTimeException unreadable) {
            lastLine = "";
        }
    }
}
