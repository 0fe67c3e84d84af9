package dev.freshet.ops.bench;

import dev.freshet.model.engine.ComputeDevice;
import dev.freshet.model.engine.EngineThread;
import dev.freshet.model.transformer.DecoderConfig;
import dev.freshet.model.transformer.DecoderProgram;
import dev.freshet.model.transformer.MatrixFlavour;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * The flavours that can be measured on this CPU: found out before the first is, and not when the others have been.
 *
 * @param usable in the order in which they were wanted
 * @param leftOut why each of the others is
 */
record Flavours(List<MatrixFlavour> usable, List<String> leftOut) {
    /** As Linux names them; the last is ARM's. */
    private static final Set<String> HALF_PRECISION = new TreeSet<>(Set.of("avx512_bf16", "amx_bf16", "bf16"));

    private static final DecoderConfig ANY = ModelSize.TINY.decoder(2);

    Flavours {
        usable = List.copyOf(usable);
        leftOut = List.copyOf(leftOut);
    }

    /** Those that a program can be packed for. */
    static Flavours of(List<MatrixFlavour> wanted) {
        return without(wanted, Flavours::refusal);
    }

    /**
     * Those among them that this CPU has instructions for. Without, oneDNN emulates bf16 at a tenth of the speed of fp32: a
     * training benchmark of hours, whose figures nobody wants.
     */
    static Flavours swift(List<MatrixFlavour> wanted) {
        boolean hasHalf = Machine.hasAnyFeature(HALF_PRECISION);
        return without(
                wanted,
                flavour -> refusal(flavour)
                        .or(() -> hasHalf || flavour != MatrixFlavour.BF16
                                ? Optional.empty()
                                : Optional.of("matrix flavour " + flavour.label()
                                        + " is emulated on this CPU, which has none of "
                                        + String.join(", ", HALF_PRECISION))));
    }

    /** For the report: what is among its settings and not among its results; nothing if all are. */
    List<Result> toldOf() {
        return leftOut.isEmpty()
                ? List.of()
                : List.of(new Result("flavours_left_out", leftOut.size(), "flavours", Map.of("why", leftOut)));
    }

    private static Flavours without(List<MatrixFlavour> wanted, Function<MatrixFlavour, Optional<String>> objection) {
        List<MatrixFlavour> usable = new ArrayList<>();
        List<String> leftOut = new ArrayList<>();
        for (MatrixFlavour flavour : wanted) {
            objection.apply(flavour).ifPresentOrElse(leftOut::add, () -> usable.add(flavour));
        }
        return new Flavours(usable, leftOut);
    }

    private static Optional<String> refusal(MatrixFlavour flavour) {
        try (EngineThread thread = EngineThread.start("bench-flavours", 1)) {
            return thread.submit(() -> tried(flavour)).join();
        }
    }

    private static Optional<String> tried(MatrixFlavour flavour) {
        try (DecoderProgram program = DecoderProgram.load(ANY, flavour, ComputeDevice.CPU)) {
            return program.flavour() == flavour
                    ? Optional.empty()
                    : Optional.of("matrix flavour " + flavour.label() + " becomes "
                            + program.flavour().label());
        } catch (IllegalArgumentException refusal) {
            return Optional.of(String.valueOf(refusal.getMessage()));
        }
    }
}
