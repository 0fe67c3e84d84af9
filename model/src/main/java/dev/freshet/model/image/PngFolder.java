package dev.freshet.model.image;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/**
 * All PNG files of one folder, in the order of their names, as images of one size. What a pixel is transparent for, it is darker.
 *
 * @param folder without its subfolders
 * @param channels 1 for grey, 3 for red, green and blue
 * @param maxBytes of pixels, of all images together
 */
public record PngFolder(Path folder, int channels, long maxBytes) {
    private static final int GREY = 1;
    private static final int COLOURS = 3;
    private static final int FULL = 0xFF;
    private static final int LONGEST_ARRAY = Integer.MAX_VALUE - 8;

    public PngFolder {
        if (channels != GREY && channels != COLOURS) {
            throw new IllegalArgumentException("channels must be 1 or 3, was " + channels);
        }
    }

    /** @throws IllegalArgumentException with value, rule and remedy if the files are not what they should be */
    public ImageSet read() {
        List<Path> files = files();
        byte[] values = new byte[0];
        int height = 0;
        int width = 0;
        for (int i = 0; i < files.size(); i++) {
            try (ImageInputStream in =
                    ImageIO.createImageInputStream(files.get(i).toFile())) {
                ImageReader reader = ImageIO.getImageReadersByFormatName("png").next();
                try {
                    reader.setInput(in, true, true);
                    if (i == 0) {
                        height = reader.getHeight(0);
                        width = reader.getWidth(0);
                        values = allocate(files, height, width);
                    }
                    requireSize(files, reader, height, width);
                    copy(reader.read(0), values, i * height * width * channels);
                } finally {
                    reader.dispose();
                }
            } catch (IOException | RuntimeException unreadable) {
                throw refusal(files.get(i), unreadable);
            }
        }
        return new ImageSet(height, width, channels, values);
    }

    private List<Path> files() {
        if (!Files.isDirectory(folder)) {
            throw new IllegalArgumentException(
                    "a folder of PNG files must exist, " + folder + " is no folder: name one that is");
        }
        List<Path> files;
        try (Stream<Path> entries = Files.list(folder)) {
            files = entries.filter(file -> file.getFileName()
                            .toString()
                            .toLowerCase(Locale.ROOT)
                            .endsWith(".png"))
                    .sorted()
                    .toList();
        } catch (IOException unreadable) {
            throw new IllegalArgumentException("folder " + folder + " could not be read: " + unreadable, unreadable);
        }
        if (files.isEmpty()) {
            throw new IllegalArgumentException("a folder of PNG files must hold at least one file that ends in .png, "
                    + folder + " holds none: name the folder that they are in");
        }
        return files;
    }

    /** Before any pixel is read: a header may announce what no memory holds. */
    private byte[] allocate(List<Path> files, int height, int width) {
        long bound = Math.min(maxBytes, LONGEST_ARRAY);
        long pixels = (long) height * width;
        if (pixels > bound / files.size() / channels) {
            throw new IllegalArgumentException("images must have at most " + bound + " bytes of pixels together, "
                    + files.size() + " of " + height + " x " + width + " x " + channels
                    + " have more: use fewer or smaller ones, or raise the bound");
        }
        return new byte[(int) (pixels * files.size() * channels)];
    }

    private static void requireSize(List<Path> files, ImageReader reader, int height, int width) throws IOException {
        if (reader.getHeight(0) != height || reader.getWidth(0) != width) {
            throw new IllegalArgumentException("image must have the size of " + files.get(0) + ", " + height + " x "
                    + width + ", has " + reader.getHeight(0) + " x " + reader.getWidth(0) + ": scale them alike");
        }
    }

    private static IllegalArgumentException refusal(Path file, Exception why) {
        if (why instanceof IllegalArgumentException refused) {
            return new IllegalArgumentException(file + ": " + refused.getMessage(), refused);
        }
        return new IllegalArgumentException(
                file + " must be a sound PNG file, could not be read (" + why.getMessage()
                        + "): take it out of the folder, or mend it",
                why);
    }

    private void copy(BufferedImage image, byte[] values, int offset) {
        int next = offset;
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                for (int channel = 0; channel < channels; channel++) {
                    values[next++] = (byte) value(image, x, y, channel);
                }
            }
        }
    }

    private int value(BufferedImage image, int x, int y, int channel) {
        boolean grey = image.getRaster().getNumBands() <= 2 && !(image.getColorModel() instanceof IndexColorModel);
        return grey ? greyValue(image, x, y) : colourValue(image.getRGB(x, y), channel);
    }

    /** Not by getRGB, which takes grey numbers for linear light and would brighten them. */
    private static int greyValue(BufferedImage image, int x, int y) {
        float most = (1 << image.getSampleModel().getSampleSize(0)) - 1;
        float value = image.getRaster().getSample(x, y, 0) / most;
        float opaque =
                image.getRaster().getNumBands() == 1 ? 1 : image.getRaster().getSample(x, y, 1) / most;
        return Math.round(value * opaque * FULL);
    }

    private int colourValue(int colour, int channel) {
        float opaque = (colour >>> 24) / (float) FULL;
        if (channels == COLOURS) {
            return Math.round(component(colour, channel) * opaque);
        }
        // Luma of ITU-R BT.601.
        float grey = 0.299f * component(colour, 0) + 0.587f * component(colour, 1) + 0.114f * component(colour, 2);
        return Math.round(grey * opaque);
    }

    /** Red, green or blue of 0xAARRGGBB. */
    private static int component(int colour, int channel) {
        return (colour >>> (16 - 8 * channel)) & FULL;
    }
}
