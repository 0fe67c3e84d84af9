package dev.freshet.model.image;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipException;

/**
 * Grey images in the IDX format of MNIST (LeCun, Cortes and Burges 1998), plain or compressed by gzip: two bytes of 0, a byte for the
 * type (8: unsigned bytes), a byte for the number of dimensions (3), the big-endian sizes of images, rows and columns, and the pixels.
 */
public final class IdxFile {
    private static final int UNSIGNED_BYTES = 0x000008;
    private static final int IMAGES_ROWS_COLUMNS = 3;
    private static final int GZIP_MAGIC = 0x1F8B;
    private static final int LONGEST_ARRAY = Integer.MAX_VALUE - 8;

    private IdxFile() {}

    /**
     * Reads a whole file.
     *
     * @param maxBytes of pixels; a header that announces more is refused before they are read
     * @throws IllegalArgumentException with value, rule and remedy if the file is not what it should be
     */
    public static ImageSet read(Path file, long maxBytes) {
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException("an IDX file must exist, " + file + " is no file: name one that is");
        }
        try (DataInputStream in = new DataInputStream(unpacked(file))) {
            return read(file, in, Math.min(maxBytes, LONGEST_ARRAY));
        } catch (EOFException cut) {
            throw new IllegalArgumentException(
                    "IDX file " + file + " must be whole, ended too early: fetch it again", cut);
        } catch (ZipException damaged) {
            throw new IllegalArgumentException(
                    "IDX file " + file + " must be plain or sound gzip, " + damaged.getMessage() + ": fetch it again",
                    damaged);
        } catch (IOException unreadable) {
            throw new IllegalArgumentException("IDX file " + file + " could not be read: " + unreadable, unreadable);
        }
    }

    /**
     * Writes grey images, compressed.
     *
     * @return the file
     */
    public static Path write(ImageSet images, Path file) throws IOException {
        if (images.channels() != 1) {
            throw new IllegalArgumentException("an IDX file holds images of 1 channel, had " + images.channels());
        }
        try (DataOutputStream out = new DataOutputStream(new GZIPOutputStream(Files.newOutputStream(file)))) {
            out.writeInt((UNSIGNED_BYTES << Byte.SIZE) | IMAGES_ROWS_COLUMNS);
            out.writeInt(images.size());
            out.writeInt(images.height());
            out.writeInt(images.width());
            images.writeTo(out);
        }
        return file;
    }

    private static ImageSet read(Path file, DataInputStream in, long maxBytes) throws IOException {
        int magic = in.readInt();
        if (magic >>> 8 != UNSIGNED_BYTES || (magic & 0xFF) != IMAGES_ROWS_COLUMNS) {
            throw new IllegalArgumentException(String.format(
                    "IDX file %s must begin with 00000803 (unsigned bytes; images, rows, columns), began with %08x:"
                            + " name one of images, not of labels",
                    file, magic));
        }
        int images = size(file, in, "images");
        int rows = size(file, in, "rows");
        int columns = size(file, in, "columns");
        long bytes = product(images, rows, columns);
        if (bytes > maxBytes) {
            throw new IllegalArgumentException("IDX file " + file + " must hold at most " + maxBytes
                    + " bytes of pixels, announces " + images + " images of " + rows + " x " + columns
                    + ": use a part of it, or raise the bound");
        }
        // Grows as it reads, so that a header alone takes no memory.
        byte[] pixels = in.readNBytes((int) bytes);
        if (pixels.length < bytes) {
            throw new IllegalArgumentException("IDX file " + file + " must hold the " + bytes
                    + " bytes of pixels that its header announces, held " + pixels.length + ": fetch it again");
        }
        if (in.read() >= 0) {
            throw new IllegalArgumentException("IDX file " + file + " must end after the " + bytes
                    + " bytes of pixels that its header announces, goes on: its header and its contents do not belong"
                    + " together");
        }
        return new ImageSet(rows, columns, 1, pixels);
    }

    private static int size(Path file, DataInputStream in, String dimension) throws IOException {
        int size = in.readInt();
        if (size < 1) {
            throw new IllegalArgumentException("IDX file " + file + " must have at least 1 of its " + dimension
                    + ", announces " + Integer.toUnsignedString(size) + ": it is damaged, or empty");
        }
        return size;
    }

    /** {@link Long#MAX_VALUE} if it is larger. */
    private static long product(long images, long rows, long columns) {
        long pixels = rows * columns;
        return pixels > Long.MAX_VALUE / images ? Long.MAX_VALUE : images * pixels;
    }

    private static InputStream unpacked(Path file) throws IOException {
        BufferedInputStream in = new BufferedInputStream(Files.newInputStream(file));
        try {
            in.mark(2);
            int magic = (in.read() << 8) | in.read();
            in.reset();
            return magic == GZIP_MAGIC ? new GZIPInputStream(in) : in;
        } catch (IOException failure) {
            in.close();
            throw failure;
        }
    }
}
