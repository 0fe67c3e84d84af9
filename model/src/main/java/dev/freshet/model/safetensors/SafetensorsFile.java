package dev.freshet.model.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A safetensors file, mapped into memory. Its tensors are read-only views of the mapping: whoever wants to write copies them
 * first. The mapping lives as long as a view does; the file may be deleted meanwhile, but not cut short or written over.
 *
 * @see <a href="https://github.com/huggingface/safetensors#format">the format</a>
 */
public final class SafetensorsFile {
    private final Path file;
    private final Map<String, String> metadata;
    private final List<TensorData> tensors;
    private final Map<String, TensorData> byName;

    private SafetensorsFile(Path file, SafetensorsHeader header, Map<String, TensorData> byName) {
        this.file = file;
        this.metadata = header.metadata();
        this.tensors =
                header.entries().stream().map(entry -> byName.get(entry.name())).toList();
        this.byName = Map.copyOf(byName);
    }

    /**
     * Maps {@code file} and checks its header; the data is not read.
     *
     * @throws SafetensorsException when the file is missing, damaged, or holds something we do not read
     */
    public static SafetensorsFile open(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new SafetensorsException(file, "no such file");
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long headerBytes = headerBytes(file, channel);
            ByteBuffer text = read(file, channel, SafetensorsHeader.LENGTH_BYTES, Math.toIntExact(headerBytes));
            SafetensorsHeader header = HeaderParser.parse(file, text);
            long dataStart = SafetensorsHeader.LENGTH_BYTES + headerBytes;
            header.check(file, channel.size() - dataStart);
            return new SafetensorsFile(file, header, map(channel, dataStart, header));
        }
    }

    public Path file() {
        return file;
    }

    /** The header's free text, {@code __metadata__}; empty when the file has none. */
    public Map<String, String> metadata() {
        return metadata;
    }

    /** All tensors, in the order of the header. */
    public List<TensorData> tensors() {
        return tensors;
    }

    public Optional<TensorData> tensor(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    private static long headerBytes(Path file, FileChannel channel) throws IOException {
        long available = channel.size() - SafetensorsHeader.LENGTH_BYTES;
        if (available < 0) {
            throw new SafetensorsException(
                    file, "must have at least " + SafetensorsHeader.LENGTH_BYTES + " bytes, had " + channel.size());
        }
        long headerBytes = read(file, channel, 0, SafetensorsHeader.LENGTH_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .getLong();
        if (headerBytes < 0 || headerBytes > SafetensorsHeader.LIMIT_BYTES) {
            throw new SafetensorsException(
                    file,
                    "header must have at most " + SafetensorsHeader.LIMIT_BYTES + " bytes, says "
                            + Long.toUnsignedString(headerBytes));
        }
        if (headerBytes > available) {
            throw new SafetensorsException(
                    file, "header must lie within the file: " + available + " bytes are left, it says " + headerBytes);
        }
        return headerBytes;
    }

    private static ByteBuffer read(Path file, FileChannel channel, long position, int bytes) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(bytes);
        while (target.hasRemaining()) {
            if (channel.read(target, position + target.position()) < 0) {
                throw new SafetensorsException(file, "was cut short while it was read");
            }
        }
        return target.flip();
    }

    /**
     * Maps runs of tensors, each run as long as one buffer can be: a mapping for each tensor would let a file of many small ones
     * use up all mappings that a process may have.
     */
    private static Map<String, TensorData> map(FileChannel channel, long dataStart, SafetensorsHeader header)
            throws IOException {
        Map<String, TensorData> byName = new HashMap<>();
        List<SafetensorsHeader.Entry> run = new ArrayList<>();
        for (SafetensorsHeader.Entry entry : header.inOrderOfData()) {
            if (!run.isEmpty() && entry.end() - run.get(0).begin() > Integer.MAX_VALUE) {
                mapRun(channel, dataStart, run, byName);
                run.clear();
            }
            run.add(entry);
        }
        if (!run.isEmpty()) {
            mapRun(channel, dataStart, run, byName);
        }
        return byName;
    }

    private static void mapRun(
            FileChannel channel, long dataStart, List<SafetensorsHeader.Entry> run, Map<String, TensorData> byName)
            throws IOException {
        long begin = run.get(0).begin();
        long end = run.get(run.size() - 1).end();
        ByteBuffer mapped = channel.map(FileChannel.MapMode.READ_ONLY, dataStart + begin, end - begin);
        for (SafetensorsHeader.Entry entry : run) {
            ByteBuffer bytes = mapped.slice((int) (entry.begin() - begin), (int) (entry.end() - entry.begin()));
            byName.put(entry.name(), new TensorData(entry.name(), entry.type(), entry.shape(), bytes));
        }
    }
}
