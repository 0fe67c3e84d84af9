package dev.freshet.model.safetensors;

import static dev.freshet.model.safetensors.SafetensorsException.quoted;

import dev.freshet.model.safetensors.TensorData.ElementType;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the head of a safetensors file says: 8 bytes with the length of a JSON object, the object, and from there on the data.
 *
 * @param metadata free text by key, in the order of the file
 * @param entries the tensors, in the order of the file
 */
record SafetensorsHeader(Map<String, String> metadata, List<Entry> entries) {
    /** Size of the header's length, a little-endian unsigned integer. */
    static final int LENGTH_BYTES = 8;
    /** The longest header that is read or written: some hundred thousand tensors. */
    static final int LIMIT_BYTES = 16 << 20;
    /** The reserved key that holds no tensor. */
    static final String METADATA_KEY = "__metadata__";

    SafetensorsHeader {
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
        entries = List.copyOf(entries);
    }

    /** One tensor; its bytes are {@code [begin, end)} of the data. */
    record Entry(String name, ElementType type, List<Long> shape, long begin, long end) {
        Entry {
            shape = List.copyOf(shape);
        }
    }

    List<Entry> inOrderOfData() {
        return entries.stream()
                .sorted(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end))
                .toList();
    }

    /** Refuses tensors of the wrong size, and data that is not covered by exactly one tensor at each byte. */
    void check(Path file, long dataBytes) throws SafetensorsException {
        for (Entry entry : entries) {
            checkSize(file, entry, dataBytes);
        }
        long covered = 0;
        for (Entry entry : inOrderOfData()) {
            if (entry.begin() != covered) {
                String fault = entry.begin() < covered ? "overlaps another tensor" : "leaves a hole before it";
                throw refusal(file, entry, fault + ": data must go on at " + covered);
            }
            covered = entry.end();
        }
        if (covered != dataBytes) {
            throw new SafetensorsException(
                    file,
                    "data must end where its last tensor ends, at " + covered + ", but has " + dataBytes + " bytes");
        }
    }

    private static void checkSize(Path file, Entry entry, long dataBytes) throws SafetensorsException {
        if (entry.begin() < 0 || entry.end() < entry.begin()) {
            throw refusal(file, entry, "offsets must be at least 0 and not decrease");
        }
        if (entry.end() > dataBytes) {
            throw refusal(
                    file, entry, "offsets must lie within the data of " + dataBytes + " bytes: the file is cut short");
        }
        long expected = expectedBytes(file, entry);
        long actual = entry.end() - entry.begin();
        if (actual != expected) {
            throw refusal(
                    file,
                    entry,
                    "shape " + entry.shape() + " of " + entry.type() + " must take " + expected + " bytes, not "
                            + actual);
        }
        if (actual > Integer.MAX_VALUE) {
            throw refusal(
                    file,
                    entry,
                    "a tensor must have at most " + Integer.MAX_VALUE + " bytes: split it, it had " + actual);
        }
    }

    private static long expectedBytes(Path file, Entry entry) throws SafetensorsException {
        try {
            return entry.type().bytesOf(entry.shape());
        } catch (IllegalArgumentException e) {
            throw new SafetensorsException(file, "tensor " + quoted(entry.name()) + ": " + e.getMessage(), e);
        }
    }

    private static SafetensorsException refusal(Path file, Entry entry, String why) {
        return new SafetensorsException(
                file, "tensor " + quoted(entry.name()) + " at [" + entry.begin() + ", " + entry.end() + "]: " + why);
    }
}
