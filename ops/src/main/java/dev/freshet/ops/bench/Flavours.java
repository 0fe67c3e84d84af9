package dev.freshet.ops.bench;

import dev.freshet.model.engine.ComputeDevice;
import dev.freshet.model.engine.EngineThread;
import dev.freshet.model.transformer.DecoderConfig;
import dev.freshet.model.transformer.DecoderProgram;
import dev.freshet.model.transformer.MatrixFlavour;
import java.util.List;
import java.util.function.Consumer;

/** The flavours that can be measured on this CPU: found out before the first is, and not when the others have been. */
final class Flavours {
    private static final DecoderConfig ANY = ModelSize.TINY.decoder(2);

    private Flavours() {}

    /** @param log takes a line for each that cannot */
    static List<MatrixFlavour> usable(List<MatrixFlavour> wanted, Consumer<String> log) {
        try (EngineThread thread = EngineThread.start("bench-flavours", 1)) {
            return wanted.stream()
                    .filter(flavour ->
                            thread.submit(() -> isUsable(flavour, log)).join())
                    .toList();
        }
    }

    private static boolean isUsable(MatrixFlavour flavour, Consumer<String> log) {
        try (DecoderProgram program = DecoderProgram.load(ANY, flavour, ComputeDevice.CPU)) {
            return program.flavour() == flavour;
        } catch (IllegalArgumentException refusal) {
            log.accept("left out: " + refusal.getMessage());
            return false;
        }
    }
}
