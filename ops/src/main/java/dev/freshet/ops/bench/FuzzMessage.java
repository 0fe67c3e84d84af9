package dev.freshet.ops.bench;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.SplittableRandom;

/** The bytes of one message on the wire; equal by value. */
final class FuzzMessage {
    static final FuzzMessage EMPTY = new FuzzMessage(new byte[0]);

    private final byte[] bytes;

    private FuzzMessage(byte[] bytes) {
        this.bytes = bytes;
    }

    /** A message as protobuf writes it. */
    static FuzzMessage of(Fields fields) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        CodedOutputStream coded = CodedOutputStream.newInstance(out);
        try {
            fields.writeTo(coded);
            coded.flush();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return new FuzzMessage(out.toByteArray());
    }

    /** Bytes that are no message of any type: they begin with a field number that protobuf forbids. */
    static FuzzMessage unreadable(SplittableRandom random, int size) {
        byte[] bytes = new byte[Math.max(1, size)];
        random.nextBytes(bytes);
        bytes[0] = 0;
        return new FuzzMessage(bytes);
    }

    /** This message without its end, in the middle of a string. */
    FuzzMessage cut() {
        return new FuzzMessage(Arrays.copyOf(bytes, Math.max(1, bytes.length - 1)));
    }

    byte[] bytes() {
        return bytes.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FuzzMessage message && Arrays.equals(bytes, message.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return bytes.length + " bytes";
    }

    /** What a message holds. */
    @FunctionalInterface
    interface Fields {
        void writeTo(CodedOutputStream out) throws IOException;
    }
}
