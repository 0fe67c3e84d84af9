package dev.freshet.ops.experiment;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Writes one JSON object a line. */
final class JsonLinesFile {
    private JsonLinesFile() {}

    static Path write(Path file, List<? extends Map<String, ?>> lines) throws IOException {
        JsonMapper mapper = JsonMapper.builder().build();
        try (BufferedWriter writer = Files.newBufferedWriter(file)) {
            for (Map<String, ?> line : lines) {
                writer.write(mapper.writeValueAsString(line));
                writer.newLine();
            }
        }
        return file;
    }
}
