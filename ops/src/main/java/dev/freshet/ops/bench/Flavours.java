package dev.freshet.ops.bench;

import dev.freshet.model.engine.ComputeDevice;
import dev.freshet.model.engine.EngineThread;
import dev.freshet.model.transformer.DecoderConfig;
import dev.freshet.model.transformer.DecoderProgram;
import dev.freshet.model.transformer.MatrixFlavour;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/** The flavours that can be measured on this CPU: found out before the first is, and not when the others have been. */
final class Flavours {
    /** As Linux names them; the last is ARM's. */
    private static final Set<String> HALF_PRECISION = new TreeSet<>(Set.of("avx512_bf16", "amx_bf16", "bf16"));

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

    /**
     * Those among the usable that this CPU has instructions for. Without, oneDNN emulates bf16 at a tenth of the speed of fp32: a
     * training benchmark of hours, whose figures nobody wants.
     */
    static List<MatrixFlavour> swift(List<MatrixFlavour> wanted, Consumer<String> log) {
        boolean hasHalf = Machine.hasAnyFeature(HALF_PRECISION);
        return usable(wanted, log).stream()
                .filter(flavour -> {
                    boolean isSwift = hasHalf || flavour != MatrixFlavour.BF16;
                    if (!isSwift) {
                        log.accept("left out: matrix flavour " + flavour.label()
                                + " is emulated on this CPU, which has none of " + String.join(", ", HALF_PRECISION));
                    }
                    return isSwift;
                })
                .toList();
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
