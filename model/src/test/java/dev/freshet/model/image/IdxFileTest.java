package dev.freshet.model.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdxFileTest {
    private static final int MAGIC = 0x803;
    private static final long PLENTY = 1000;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void readsWhatWasWritten(boolean compressed) throws IOException {
        Path file = write(compressed, MAGIC, 2, 2, 3, 12);

        ImageSet images = IdxFile.read(file, PLENTY);

        assertThat(images.size()).isEqualTo(2);
        assertThat(images.height()).isEqualTo(2);
        assertThat(images.width()).isEqualTo(3);
        assertThat(images.channels()).isEqualTo(1);
        float[] values = new float[8];
        images.copyTo(1, values, 2);
        // Pixels are 0, 20, 40, ...; the second image begins with 120. Unsigned: 220 is no negative number.
        assertThat(values)
                .containsExactly(0, 0, scaled(120), scaled(140), scaled(160), scaled(180), scaled(200), scaled(220));
    }

    @Test
    void blackAndWhiteAreTheBounds() throws IOException {
        Path file = folder.resolve("images");
        try (DataOutputStream out = new DataOutputStream(Files.newOutputStream(file))) {
            header(out, MAGIC, 1, 1, 2);
            out.write(0);
            out.write(255);
        }
        float[] values = new float[2];
        IdxFile.read(file, PLENTY).copyTo(0, values, 0);
        assertThat(values).containsExactly(-1, 1);
    }

    @Test
    void shapesAreWrittenAndReadAgain() throws IOException {
        ImageSet shapes = ShapeImages.draw(50, 3);
        ImageSet read = IdxFile.read(IdxFile.write(shapes, folder.resolve("shapes.idx.gz")), 1 << 20);
        assertThat(read.digest()).isEqualTo(shapes.digest());
        assertThat(read.size()).isEqualTo(50);
        float[] values = new float[read.valuesPerImage()];
        for (int image = 0; image < read.size(); image++) {
            read.copyTo(image, values, 0);
            int light = 0;
            for (float value : values) {
                light += value > 0 ? 1 : 0;
            }
            // The smallest shape has some pixels, the largest not all.
            assertThat(light).isBetween(5, 100);
        }
        assertThat(ShapeImages.draw(50, 4).digest()).isNotEqualTo(shapes.digest());
    }

    @Test
    void refusesAFileOfLabels() throws IOException {
        assertRefused(write(false, 0x801, 2, 2, 3, 12), "must begin with 00000803", "00000801", "not of labels");
    }

    @Test
    void refusesWhatIsNoIdxFile() throws IOException {
        Path file = folder.resolve("text");
        Files.writeString(file, "images, rows, columns");
        assertRefused(file, "must begin with 00000803", "text");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    void refusesSizesThatAreNone(int size) throws IOException {
        assertRefused(write(false, MAGIC, size, 2, 3, 12), "at least 1 of its images");
        assertRefused(write(false, MAGIC, 2, size, 3, 12), "at least 1 of its rows");
        assertRefused(write(false, MAGIC, 2, 2, size, 12), "at least 1 of its columns");
    }

    /** Of 2^93 bytes, of which 12 are there. */
    @Test
    void refusesToReserveWhatAHeaderAnnounces() throws IOException {
        Path file = write(false, MAGIC, Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE, 12);
        assertRefused(file, "at most 1000 bytes of pixels", "2147483647 images", "raise the bound");
    }

    @Test
    void refusesMoreThanTheBound() throws IOException {
        Path file = write(true, MAGIC, 2, 2, 3, 12);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> IdxFile.read(file, 11))
                .withMessageContaining("at most 11 bytes");
        assertThat(IdxFile.read(file, 12).size()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void refusesAFileThatIsCutShortOrGoesOn(boolean compressed) throws IOException {
        assertRefused(write(compressed, MAGIC, 2, 2, 3, 11), "must hold the 12 bytes", "held 11");
        assertRefused(write(compressed, MAGIC, 2, 2, 3, 13), "must end after the 12 bytes");
    }

    @Test
    void refusesAHeaderThatIsCutShort() throws IOException {
        Path file = folder.resolve("short");
        Files.write(file, new byte[] {0, 0, 8, 3, 0, 0});
        assertRefused(file, "must be whole", "short");
        Files.write(file, new byte[0]);
        assertRefused(file, "must be whole");
    }

    @Test
    void refusesDamagedCompression() throws IOException {
        Path file = write(true, MAGIC, 2, 2, 3, 12);
        byte[] bytes = Files.readAllBytes(file);
        Path cut = folder.resolve("cut.gz");
        Files.write(cut, Arrays.copyOf(bytes, bytes.length - 10));
        assertRefused(cut, "must");
        bytes[12] ^= 0x55;
        Path damaged = folder.resolve("damaged.gz");
        Files.write(damaged, bytes);
        assertRefused(damaged, "must");
    }

    @Test
    void refusesWhatIsNoFile() {
        assertRefused(folder, "is no file");
        assertRefused(folder.resolve("missing"), "is no file");
    }

    private static void assertRefused(Path file, String... words) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> IdxFile.read(file, PLENTY))
                .satisfies(refusal -> assertThat(refusal.getMessage())
                        .contains(file.toString())
                        .contains(words));
    }

    private static float scaled(int pixel) {
        return pixel / 127.5f - 1;
    }

    /** With pixels 0, 20, 40 and so on. */
    private Path write(boolean compressed, int magic, int images, int rows, int columns, int pixels)
            throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream packed = compressed ? new GZIPOutputStream(bytes) : bytes;
                DataOutputStream out = new DataOutputStream(packed)) {
            header(out, magic, images, rows, columns);
            for (int i = 0; i < pixels; i++) {
                out.write(20 * i);
            }
        }
        return Files.write(folder.resolve("images-" + pixels + (compressed ? ".gz" : "")), bytes.toByteArray());
    }

    private static void header(DataOutputStream out, int magic, int images, int rows, int columns) throws IOException {
        out.writeInt(magic);
        out.writeInt(images);
        out.writeInt(rows);
        out.writeInt(columns);
    }
}
