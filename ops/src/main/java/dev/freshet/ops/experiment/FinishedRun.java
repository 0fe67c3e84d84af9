package dev.freshet.ops.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.freshet.ops.run.Journal;
import dev.freshet.ops.run.RunFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** What a run that has ended left in its directory. */
record FinishedRun(Path directory, double seconds) {
    private static final String CHECKPOINT = "step-";

    /** The newest event of a type. */
    JsonNode last(String type) throws IOException {
        List<JsonNode> events = events(type);
        return events.get(events.size() - 1);
    }

    /** The oldest event of a type. */
    JsonNode first(String type) throws IOException {
        return events(type).get(0);
    }

    /** In their order; at least one, or it is an error. */
    List<JsonNode> events(String type) throws IOException {
        String mark = "\"type\":\"" + type + "\"";
        JsonMapper mapper = new JsonMapper();
        List<JsonNode> found = new ArrayList<>();
        for (Path part : Journal.parts(files().events())) {
            for (String line : Files.readAllLines(part)) {
                if (line.contains(mark)) {
                    found.add(mapper.readTree(line));
                }
            }
        }
        if (found.isEmpty()) {
            throw new IOException(files().events() + " has no event " + type);
        }
        return found;
    }

    /** Median over the steps of the learner's time for one. */
    double medianStepSeconds() throws IOException {
        double[] seconds = events("StepTrained").stream()
                .mapToDouble(event -> event.at("/report/seconds").asDouble())
                .sorted()
                .toArray();
        return seconds[seconds.length / 2];
    }

    /** The directory of the checkpoint that a run writes before its first step. */
    Path initialCheckpoint() {
        return files().checkpoints().resolve("step-000000");
    }

    /** The directory of the newest checkpoint, which a run writes after its last step. */
    Path lastCheckpoint() throws IOException {
        List<Path> all = checkpoints();
        return all.get(all.size() - 1);
    }

    /** The directories of all checkpoints that there are, at least one, from the oldest on. */
    List<Path> checkpoints() throws IOException {
        try (Stream<Path> checkpoints = Files.list(files().checkpoints())) {
            // Names have their numbers in six digits, and so are in order.
            List<Path> all = checkpoints
                    .filter(path -> path.getFileName().toString().startsWith(CHECKPOINT))
                    .sorted(Comparator.comparing(path -> path.getFileName().toString()))
                    .toList();
            if (all.isEmpty()) {
                throw new IOException(files().checkpoints() + " has no checkpoint");
            }
            return all;
        }
    }

    /** Steps that the policy of a checkpoint has behind it, of a run that was never rolled back. */
    static int steps(Path checkpoint) {
        return Integer.parseInt(checkpoint.getFileName().toString().substring(CHECKPOINT.length()));
    }

    private RunFiles files() {
        return new RunFiles(directory);
    }
}
