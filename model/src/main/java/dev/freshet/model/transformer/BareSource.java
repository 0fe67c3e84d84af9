package dev.freshet.model.transformer;

/** The source of the yardstick's program, with this package's matrix flavours. */
public final class BareSource {
    private static final String SOURCE = "/dev/freshet/model/yardstick/bare.torchscript";

    private BareSource() {}

    public static String of(DecoderConfig config, MatrixFlavour flavour) {
        if (config.heads() != config.keyValueHeads() || config.tiedHead()) {
            throw new IllegalArgumentException(
                    "the yardstick's decoder has as many key-value heads as heads and a head of its own, was "
                            + config);
        }
        return DecoderSource.of(SOURCE, config, flavour);
    }
}
