package dev.freshet.model.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PngFolderTest {
    private static final long PLENTY = 1000;

    @TempDir
    private Path folder;

    @Test
    void readsGreyImagesInTheOrderOfTheirNames() throws IOException {
        write("b.png", grey(100, 101, 102, 103, 104, 105));
        write("a.PNG", grey(0, 1, 2, 253, 254, 255));
        Files.writeString(folder.resolve("readme.txt"), "not an image");

        ImageSet images = new PngFolder(folder, 1, PLENTY).read();

        assertThat(images.size()).isEqualTo(2);
        assertThat(images.height()).isEqualTo(2);
        assertThat(images.width()).isEqualTo(3);
        assertThat(values(images, 0)).containsExactly(-1, scaled(1), scaled(2), scaled(253), scaled(254), 1);
        assertThat(values(images, 1)[0]).isEqualTo(scaled(100));
    }

    @Test
    void readsColours() throws IOException {
        BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_INT_RGB);
        image.setRGB(0, 0, 0x0A141E);
        image.setRGB(1, 0, 0xFF0080);
        write("colours.png", image);

        ImageSet images = new PngFolder(folder, 3, PLENTY).read();

        assertThat(images.channels()).isEqualTo(3);
        assertThat(values(images, 0)).containsExactly(scaled(10), scaled(20), scaled(30), 1, -1, scaled(128));
    }

    @ParameterizedTest
    @CsvSource({"0xFF0000, 76", "0x00FF00, 150", "0x0000FF, 29", "0xFFFFFF, 255"})
    void coloursBecomeGreyByTheirBrightness(String colour, int grey) throws IOException {
        BufferedImage image = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB);
        image.setRGB(0, 0, Integer.decode(colour));
        write("colour.png", image);
        assertThat(values(new PngFolder(folder, 1, PLENTY).read(), 0)).containsExactly(scaled(grey));
    }

    @Test
    void greyBecomesThreeEqualColours() throws IOException {
        write("grey.png", grey(1, 2, 3, 4, 5, 6));
        assertThat(values(new PngFolder(folder, 3, PLENTY).read(), 0))
                .startsWith(scaled(1), scaled(1), scaled(1), scaled(2));
    }

    @Test
    void whatIsTransparentIsDark() throws IOException {
        BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_INT_ARGB);
        image.setRGB(0, 0, 0x00FFFFFF);
        image.setRGB(1, 0, 0x80FFFFFF);
        write("alpha.png", image);
        assertThat(values(new PngFolder(folder, 1, PLENTY).read(), 0)).containsExactly(-1, scaled(128));
    }

    @Test
    void refusesImagesOfAnotherSizeByName() throws IOException {
        write("a.png", grey(0, 0, 0, 0, 0, 0));
        write("b.png", new BufferedImage(3, 3, BufferedImage.TYPE_BYTE_GRAY));
        assertRefused("b.png", "must have the size of", "2 x 3", "has 3 x 3");
    }

    @Test
    void refusesWhatIsNoPngByName() throws IOException {
        write("a.png", grey(0, 0, 0, 0, 0, 0));
        Files.writeString(folder.resolve("b.png"), "not an image at all");
        assertRefused("b.png", "must be a sound PNG file");
    }

    @Test
    void refusesAFileThatIsCutShort() throws IOException {
        write("a.png", grey(9, 8, 7, 6, 5, 4));
        byte[] whole = Files.readAllBytes(folder.resolve("a.png"));
        Files.write(folder.resolve("a.png"), Arrays.copyOf(whole, 20));
        assertRefused("a.png", "must be a sound PNG file");
    }

    /** 100,000 x 100,000 pixels in a file of 33 bytes. */
    @Test
    void refusesToReserveWhatAHeaderAnnounces() throws IOException {
        Files.write(folder.resolve("huge.png"), header(100_000, 100_000));
        assertRefused("huge.png", "at most 1000 bytes of pixels", "100000 x 100000");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1})
    void refusesSizesThatAreNone(int size) throws IOException {
        Files.write(folder.resolve("none.png"), header(size, 4));
        assertRefused("none.png");
    }

    @Test
    void refusesMoreThanTheBoundTogether() throws IOException {
        write("a.png", grey(0, 0, 0, 0, 0, 0));
        write("b.png", grey(0, 0, 0, 0, 0, 0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PngFolder(folder, 1, 11).read())
                .withMessageContaining("at most 11 bytes")
                .withMessageContaining("2 of 2 x 3 x 1");
        assertThat(new PngFolder(folder, 1, 12).read().size()).isEqualTo(2);
    }

    @Test
    void refusesAFolderWithoutImagesAndOneThatIsNone() {
        assertRefused("holds none");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PngFolder(folder.resolve("missing"), 1, PLENTY).read())
                .withMessageContaining("is no folder");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PngFolder(folder, 2, PLENTY))
                .withMessageContaining("channels must be 1 or 3, was 2");
    }

    private void assertRefused(String... words) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PngFolder(folder, 1, PLENTY).read())
                .satisfies(refusal -> assertThat(refusal.getMessage()).contains(words));
    }

    private void write(String name, BufferedImage image) throws IOException {
        assertThat(ImageIO.write(image, "png", folder.resolve(name).toFile())).isTrue();
    }

    /** Of 2 x 3 pixels. */
    private static BufferedImage grey(int... pixels) {
        BufferedImage image = new BufferedImage(3, 2, BufferedImage.TYPE_BYTE_GRAY);
        image.getRaster().setPixels(0, 0, 3, 2, pixels);
        return image;
    }

    private static float[] values(ImageSet images, int image) {
        float[] values = new float[images.valuesPerImage()];
        images.copyTo(image, values, 0);
        return values;
    }

    private static float scaled(int pixel) {
        return pixel / 127.5f - 1;
    }

    /** The signature and the first chunk of a PNG file. */
    private static byte[] header(int width, int height) throws IOException {
        ByteArrayOutputStream chunk = new ByteArrayOutputStream();
        DataOutputStream data = new DataOutputStream(chunk);
        data.write("IHDR".getBytes(StandardCharsets.US_ASCII));
        data.writeInt(width);
        data.writeInt(height);
        data.write(new byte[] {8, 0, 0, 0, 0});
        CRC32 checksum = new CRC32();
        checksum.update(chunk.toByteArray());
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(file);
        out.write(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'});
        out.writeInt(13);
        out.write(chunk.toByteArray());
        out.writeInt((int) checksum.getValue());
        return file.toByteArray();
    }
}
