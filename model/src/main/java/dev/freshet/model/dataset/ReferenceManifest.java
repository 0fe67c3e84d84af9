package dev.freshet.model.dataset;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.freshet.model.digest.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * What a directory of reference log-probs holds. Written last, so that a directory that has it was written to its end.
 *
 * @param formatVersion {@value #FORMAT_VERSION}
 * @param examples of the dataset
 * @param unusable those of them whose lines could not be used, and that have no log-probs
 * @param files by name
 */
record ReferenceManifest(
        int formatVersion, ReferenceOrigin origin, long examples, long unusable, Map<String, Content> files) {
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
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    ReferenceManifest {
        files = Map.copyOf(files);
    }

    /** @param sha256 in lower-case hexadecimal digits */
    record Content(long bytes, String sha256) {
        static Content of(Path file) throws IOException {
            return new Content(Files.size(file), Sha256.of(file));
        }
    }

    byte[] toJson() throws IOException {
        return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(this);
    }

    /** @throws IllegalArgumentException naming the value and the rule, if the file is not a manifest of this version */
    static ReferenceManifest read(Path directory) throws IOException {
        Path file = directory.resolve(NAME);
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException(
                    NAME + " is missing: it was not written to its end, or holds no reference log-probs");
        }
        if (Files.size(file) > LIMIT_BYTES) {
            throw new IllegalArgumentException(
                    NAME + " must have at most " + LIMIT_BYTES + " bytes, had " + Files.size(file));
        }
        ReferenceManifest manifest;
        try {
            manifest = MAPPER.readValue(Files.readAllBytes(file), ReferenceManifest.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    NAME + " is not that of reference log-probs: " + e.getOriginalMessage(), e);
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
        Content actual = Content.of(file);
        if (!actual.equals(content)) {
            throw new IllegalArgumentException(name + " must have " + content.bytes() + " bytes and SHA-256 "
                    + content.sha256() + ", had " + actual.bytes() + " and " + actual.sha256());
        }
    }
}
