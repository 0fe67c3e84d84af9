package dev.freshet.ops.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.freshet.ops.run.RolloutPart;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** A rollout of a run's rollouts files, as a report shows it. */
record RolloutSample(
        long version, String prompt, String completion, double reward, long oldestVersion, long newestVersion) {
    /** The run's first {@code first} rollouts that are still kept, and its last {@code last}, without doubles. */
    static List<RolloutSample> of(Path folder, int first, int last) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        List<String> beginning = new ArrayList<>();
        Deque<String> end = new ArrayDeque<>();
        List<RolloutPart> parts = RolloutPart.in(folder);
        int newest = parts.size() - 1;
        for (int i = 0; i <= newest; i++) {
            boolean holdsTheLast = i >= newest - 1;
            if (beginning.size() < first || holdsTheLast) {
                read(parts.get(i), first, beginning, last, end);
            }
        }
        beginning.addAll(end);
        JsonMapper mapper = new JsonMapper();
        return beginning.stream().flatMap(line -> parse(mapper, line).stream()).toList();
    }

    private static void read(RolloutPart part, int first, List<String> beginning, int last, Deque<String> end)
            throws IOException {
        try (BufferedReader lines = part.open()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (beginning.size() < first) {
                    beginning.add(line);
                    continue;
                }
                end.addLast(line);
                if (end.size() > last) {
                    end.removeFirst();
                }
            }
        }
    }

    /** Nothing for a line that is still being written. */
    private static List<RolloutSample> parse(JsonMapper mapper, String line) {
        try {
            JsonNode rollout = mapper.readTree(line);
            return List.of(new RolloutSample(
                    rollout.path("version").asLong(),
                    rollout.path("prompt").asText(),
                    rollout.path("completion").asText(),
                    rollout.path("reward").asDouble(Double.NaN),
                    rollout.path("oldest_version").asLong(),
                    rollout.path("newest_version").asLong()));
        } catch (JsonProcessingException torn) {
            return List.of();
        }
    }
}
