package dev.freshet.model.rehearsal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.freshet.model.digest.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * What a rehearsal set's directory holds. Written last, so that a directory that has it was written to its end.
 *
 * @param formatVersion {@value #FORMAT_VERSION}
 * @param prompts how many are in the file of that name
 * @param exploration how many of those were not mastered
 * @param sequences how many are in the file of that name
 * @param files by name
 */
record RehearsalManifest(
        int formatVersion,
        RehearsalOrigin origin,
        int prompts,
        int exploration,
        int sequences,
        Map<String, Content> files) {
    static final int FORMAT_VERSION = 1;
    static final String NAME = "manifest.json";

    /** The longest that is parsed; one takes about a thousand bytes. */
    private static final long LIMIT_BYTES = 1 << 20;

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    RehearsalManifest {
        files = Map.copyOf(files);
    }

    /** @param sha256 in lower-case hexadecimal digits */
    record Content(long bytes, String sha256) {}

    byte[] toJson() throws IOException {
        return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(this);
    }

    /** @throws IllegalArgumentException naming the value and the rule, if the file is not a manifest of this version */
    static RehearsalManifest read(Path directory) throws IOException {
        Path file = directory.resolve(NAME);
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException(
                    NAME + " is missing: it was not written to its end, or is no rehearsal set");
        }
        if (Files.size(file) > LIMIT_BYTES) {
            throw new IllegalArgumentException(
                    NAME + " must have at most " + LIMIT_BYTES + " bytes, had " + Files.size(file));
        }
        RehearsalManifest manifest;
        try {
            manifest = MAPPER.readValue(Files.readAllBytes(file), RehearsalManifest.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(NAME + " is not that of a rehearsal set: " + e.getOriginalMessage(), e);
        }
        if (manifest.formatVersion() != FORMAT_VERSION) {
            throw new IllegalArgumentException(NAME + ": format_version must be " + FORMAT_VERSION + ", was "
                    + manifest.formatVersion() + ": read it with the Freshet that wrote it");
        }
        return manifest;
    }

    /** Reads every byte of a file and compares. */
    void verify(Path directory, String name) throws IOException {
        Content content = files.get(name);
        if (content == null) {
            throw new IllegalArgumentException(NAME + " must name " + name + ", named " + files.keySet());
        }
        Path file = directory.resolve(name);
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException(name + " is missing");
        }
        if (Files.size(file) != content.bytes()) {
            throw new IllegalArgumentException(
                    name + " must have " + content.bytes() + " bytes, had " + Files.size(file));
        }
        String actual = Sha256.of(file);
        if (!actual.equals(content.sha256())) {
            throw new IllegalArgumentException(name + " must have SHA-256 " + content.sha256() + ", had " + actual);
        }
    }
}
