package dev.freshet.model.transformer;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** TorchScript text among the resources, with a config's numbers and a flavour's matrix product in their places. */
final class DecoderSource {
    private DecoderSource() {}

    static String of(String resource, DecoderConfig config, MatrixFlavour flavour) {
        return text(resource)
                        .replace("$LAYERS", Integer.toString(config.layers()))
                        .replace("$WIDTH", Integer.toString(config.width()))
                        .replace("$QUERIES", Integer.toString(config.heads()))
                        .replace("$HEADS", Integer.toString(config.keyValueHeads()))
                        .replace("$HEAD_WIDTH", Integer.toString(config.headWidth()))
                        .replace("$EPSILON", Double.toString(config.normEpsilon()))
                + flavour.source();
    }

    private static String text(String resource) {
        try (InputStream stream = DecoderSource.class.getResourceAsStream(resource)) {
            if (stream == null) {
                throw new IllegalStateException("resource " + resource + " must be on the class path, was not found");
            }
            return new String(stream.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
