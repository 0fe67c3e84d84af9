package dev.freshet.model.safetensors;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Writes tensors in the order given, so that equal tensors make equal files. Direct buffers go to the channel without a copy.
 *
 * @see <a href="https://github.com/huggingface/safetensors#format">the format</a>
 */
public final class SafetensorsWriter {
    private static final JsonFactory JSON = new JsonFactory();
    /** The header is padded to a multiple of this, so that the data starts aligned for every element type. */
    private static final int ALIGNMENT_BYTES = 8;

    private SafetensorsWriter() {}

    /**
     * Writes a new file, or over an old one, and returns when its bytes are on the disk. What a failure leaves behind is not a
     * safetensors file: whoever must not lose an old one writes beside it and renames.
     */
    public static void write(Path file, List<TensorData> tensors, Map<String, String> metadata) throws IOException {
        ByteBuffer header = header(tensors, metadata);
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            write(channel, header, tensors);
            channel.force(true);
        }
    }

    /**
     * Writes to a blocking channel and leaves it open.
     *
     * @throws IllegalArgumentException when two tensors have one name, or the header would be too long to be read again
     */
    public static void write(WritableByteChannel channel, List<TensorData> tensors, Map<String, String> metadata)
            throws IOException {
        write(channel, header(tensors, metadata), tensors);
    }

    private static void write(WritableByteChannel channel, ByteBuffer header, List<TensorData> tensors)
            throws IOException {
        writeAll(channel, header);
        for (TensorData tensor : tensors) {
            writeAll(channel, tensor.bytes());
        }
    }

    private static void writeAll(WritableByteChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private static ByteBuffer header(List<TensorData> tensors, Map<String, String> metadata) throws IOException {
        checkNames(tensors);
        byte[] json = json(tensors, metadata);
        int padded = (json.length + ALIGNMENT_BYTES - 1) / ALIGNMENT_BYTES * ALIGNMENT_BYTES;
        if (padded > SafetensorsHeader.LIMIT_BYTES) {
            throw new IllegalArgumentException("a safetensors header must have at most " + SafetensorsHeader.LIMIT_BYTES
                    + " bytes, this one of " + tensors.size() + " tensors would have " + padded);
        }
        ByteBuffer header = ByteBuffer.allocate(SafetensorsHeader.LENGTH_BYTES + padded)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(padded)
                .put(json);
        while (header.hasRemaining()) {
            header.put((byte) ' ');
        }
        return header.flip();
    }

    private static void checkNames(List<TensorData> tensors) {
        Set<String> names = new HashSet<>(Set.of(SafetensorsHeader.METADATA_KEY));
        for (TensorData tensor : tensors) {
            if (!names.add(tensor.name())) {
                throw new IllegalArgumentException("names of tensors must be unique and not "
                        + SafetensorsHeader.METADATA_KEY + ", was " + tensor.name());
            }
        }
    }

    private static byte[] json(List<TensorData> tensors, Map<String, String> metadata) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            if (!metadata.isEmpty()) {
                json.writeObjectFieldStart(SafetensorsHeader.METADATA_KEY);
                // Sorted, because the order of an immutable map changes from one process to the next.
                for (Map.Entry<String, String> entry : new TreeMap<>(metadata).entrySet()) {
                    json.writeStringField(entry.getKey(), entry.getValue());
                }
                json.writeEndObject();
            }
            long begin = 0;
            for (TensorData tensor : tensors) {
                long end = begin + tensor.bytes().remaining();
                writeEntry(json, tensor, begin, end);
                begin = end;
            }
            json.writeEndObject();
        }
        return out.toByteArray();
    }

    private static void writeEntry(JsonGenerator json, TensorData tensor, long begin, long end) throws IOException {
        json.writeObjectFieldStart(tensor.name());
        json.writeStringField("dtype", tensor.type().name());
        writeIntegers(json, "shape", tensor.shape());
        writeIntegers(json, "data_offsets", List.of(begin, end));
        json.writeEndObject();
    }

    private static void writeIntegers(JsonGenerator json, String field, List<Long> values) throws IOException {
        json.writeArrayFieldStart(field);
        for (long value : values) {
            json.writeNumber(value);
        }
        json.writeEndArray();
    }
}
