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
    /** The newest event of a type. */
    JsonNode last(String type) throws IOException {
        List<JsonNode> events = events(type);
        return events.get(events.size() - 1);
    }

    /** The oldest event of a type. */
    JsonNode first(String type) throws IOException {
        return events(type).get(0);
    }

    /** At least one, or it is an error. */
    private List<JsonNode> events(String type) throws IOException {
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

    /** The directory of the checkpoint that a run writes before its first step. */
    Path initialCheckpoint() {
        return files().checkpoints().resolve("step-000000");
    }

    /** The directory of its newest checkpoint. */
    Path lastCheckpoint() throws IOException {
        try (Stream<Path> checkpoints = Files.list(files().checkpoints())) {
            return checkpoints
                    .filter(checkpoint ->
                            String.valueOf(checkpoint.getFileName()).startsWith("step-"))
                    .max(Comparator.naturalOrder())
                    .orElseThrow(() -> new IOException(files().checkpoints() + " has no checkpoint"));
        }
    }

    private RunFiles files() {
        return new RunFiles(directory);
    }
}
