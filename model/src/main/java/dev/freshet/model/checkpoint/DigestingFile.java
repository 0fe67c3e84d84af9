package dev.freshet.model.checkpoint;

import dev.freshet.model.digest.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.function.UnaryOperator;

/** A new file whose bytes are counted and hashed on their way to the disk. */
final class DigestingFile implements WritableByteChannel {
    /** Small enough that the bytes just written are still in the cache when they are hashed. */
    private static final int CHUNK_BYTES = 1 << 18;

    private final FileChannel file;
    private final WritableByteChannel target;
    private final MessageDigest digest = Sha256.begin();
    private long bytes;

    private DigestingFile(FileChannel file, WritableByteChannel target) {
        this.file = file;
        this.target = target;
    }

    /** Creates {@code path}; what is written reaches it through {@code disk}. */
    static DigestingFile create(Path path, UnaryOperator<WritableByteChannel> disk) throws IOException {
        FileChannel file = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        return new DigestingFile(file, disk.apply(file));
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        int begin = source.position();
        ByteBuffer chunk = source.slice(begin, Math.min(source.remaining(), CHUNK_BYTES));
        int written = target.write(chunk);
        digest.update(chunk.flip());
        source.position(begin + written);
        bytes += written;
        return written;
    }

    /** Returns when all that was written is on the disk; nothing may be written after that. */
    Manifest.Content force() throws IOException {
        file.force(true);
        return new Manifest.Content(bytes, Sha256.end(digest));
    }

    @Override
    public boolean isOpen() {
        return file.isOpen();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
