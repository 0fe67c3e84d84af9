package dev.freshet.model.image;

import dev.freshet.model.digest.Sha256;
import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;

/** Images of one size in memory, a byte a value; nothing changes them. */
public final class ImageSet {
    private static final float HALF_RANGE = 127.5f;

    private final int height;
    private final int width;
    private final int channels;
    private final byte[] values; // (images, height, width, channels)

    /** @param values belong to this object from now on */
    ImageSet(int height, int width, int channels, byte[] values) {
        if (values.length == 0 || values.length % (height * width * channels) != 0) {
            throw new IllegalArgumentException("images of " + height + " x " + width + " x " + channels
                    + " values must have a multiple of that many bytes, had " + values.length);
        }
        this.height = height;
        this.width = width;
        this.channels = channels;
        this.values = values;
    }

    /** Number of images, at least 1. */
    public int size() {
        return values.length / valuesPerImage();
    }

    public int height() {
        return height;
    }

    public int width() {
        return width;
    }

    /** 1 for grey, 3 for red, green and blue. */
    public int channels() {
        return channels;
    }

    public int valuesPerImage() {
        return height * width * channels;
    }

    /** All values, as {@link IdxFile} has them. */
    void writeTo(OutputStream out) throws IOException {
        out.write(values);
    }

    /** SHA-256 of all values, in lower-case hexadecimal digits. */
    public String digest() {
        MessageDigest digest = Sha256.begin();
        digest.update(values);
        return Sha256.end(digest);
    }

    /** Writes one image, (height, width, channels), as numbers from -1 for black to 1, from {@code offset} on. */
    public void copyTo(int image, float[] target, int offset) {
        int first = image * valuesPerImage();
        for (int i = 0; i < valuesPerImage(); i++) {
            target[offset + i] = (values[first + i] & 0xFF) / HALF_RANGE - 1;
        }
    }
}
