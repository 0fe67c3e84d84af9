package dev.freshet.model.checkpoint;

import java.nio.file.Path;

/**
 * A checkpoint that is on the disk.
 *
 * @param path its directory
 * @param bytes the sum of its files
 * @param seconds from the first byte to the last fsync
 */
public record WrittenCheckpoint(Path path, long bytes, double seconds) {}
