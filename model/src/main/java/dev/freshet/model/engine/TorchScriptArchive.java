package dev.freshet.model.engine;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Packs TorchScript source into the archive that libtorch loads: a module of class {@code __torch__.M} without tensors.
 *
 * <p>The archive is a zip of stored entries: the source, a pickle that makes one object of the class, an empty tuple of constants,
 * and two one-line files that name format version and byte order.
 */
final class TorchScriptArchive {
    /** The pickle program that builds {@code __torch__.M} with its one attribute, {@code training = False}. */
    private static final byte[] MODULE = concatenate(
            new byte[] {(byte) 0x80, 2}, // PROTO 2
            "c__torch__\nM\n".getBytes(US_ASCII), // GLOBAL
            new byte[] {')', (byte) 0x81, '}', '('}, // EMPTY_TUPLE, NEWOBJ, EMPTY_DICT, MARK
            new byte[] {'X', 8, 0, 0, 0}, // BINUNICODE of 8 bytes
            "training".getBytes(US_ASCII),
            new byte[] {(byte) 0x89, 'u', 'b', '.'}); // NEWFALSE, SETITEMS, BUILD, STOP

    private static final byte[] NO_CONSTANTS = {(byte) 0x80, 2, ')', '.'};

    /** 1980-01-01, the oldest time a zip can hold: equal sources make equal archives. */
    private static final long NO_TIME = 315_532_800_000L;

    private TorchScriptArchive() {}

    static byte[] pack(String source) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            store(zip, "m/data.pkl", MODULE);
            store(zip, "m/code/__torch__.py", source.getBytes(UTF_8));
            store(zip, "m/constants.pkl", NO_CONSTANTS);
            store(zip, "m/version", "3\n".getBytes(US_ASCII));
            store(zip, "m/byteorder", "little".getBytes(US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
        CRC32 checksum = new CRC32();
        checksum.update(content);
        ZipEntry entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCompressedSize(content.length);
        entry.setCrc(checksum.getValue());
        entry.setTime(NO_TIME);
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }

    private static byte[] concatenate(byte[]... parts) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            bytes.writeBytes(part);
        }
        return bytes.toByteArray();
    }
}
