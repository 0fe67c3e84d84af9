package dev.freshet.model.divergence;

import java.util.Optional;

/** Replaced by the real parser. */
public final class DivergenceSpec {
    private DivergenceSpec() {}

    public static Optional<FDivergence> parse(String spec) {
        return Optional.empty();
    }

    public static String format(Optional<FDivergence> divergence) {
        return divergence.map(FDivergence::spec).orElse("none");
    }
}
