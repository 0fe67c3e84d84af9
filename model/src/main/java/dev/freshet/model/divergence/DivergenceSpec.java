package dev.freshet.model.divergence;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The names of divergences in settings, commands, metrics and events: one name each, parsed and formatted here only.
 * {@code none} is the absence of a divergence; {@code alpha:A} takes any finite A, of which 0 and 1 are reverse and
 * forward KL.
 */
public final class DivergenceSpec {
    private static final String NONE = "none";
    private static final String ALPHA = "alpha:";
    private static final Map<String, FDivergence> NAMED = Collections.unmodifiableMap(withoutParameters());

    private DivergenceSpec() {}

    /** @throws IllegalArgumentException naming the known specs if {@code spec} is none of them */
    public static Optional<FDivergence> parse(String spec) {
        if (spec.equals(NONE)) {
            return Optional.empty();
        }
        if (spec.startsWith(ALPHA)) {
            return Optional.of(Alpha.of(parameter(spec)));
        }
        FDivergence divergence = NAMED.get(spec);
        if (divergence == null) {
            throw refusal(spec, "is unknown");
        }
        return Optional.of(divergence);
    }

    /** @throws IllegalArgumentException if no spec names the divergence: one at a scale that no paper uses */
    public static String format(Optional<FDivergence> divergence) {
        return divergence.map(DivergenceSpec::name).orElse(NONE);
    }

    /** The divergences that have no parameter, by their specs and in the order of {@link #known}. */
    public static Map<String, FDivergence> named() {
        return NAMED;
    }

    /** Every spec, with {@code alpha:A} standing for all of its kind. */
    public static List<String> known() {
        return with(ALPHA + "A");
    }

    /** The same with {@code alpha:0.5} in its place, so that each can be parsed. */
    public static List<String> examples() {
        return with(ALPHA + 0.5);
    }

    private static List<String> with(String alpha) {
        return Stream.concat(NAMED.keySet().stream(), Stream.of(alpha, NONE)).toList();
    }

    private static Map<String, FDivergence> withoutParameters() {
        Map<String, FDivergence> named = new LinkedHashMap<>();
        named.put("reverse-kl", new ReverseKl());
        named.put("forward-kl", new ForwardKl());
        named.put("js", new JensenShannon());
        named.put("js-gan", JensenShannon.onGanScale());
        named.put("tv", new TotalVariation());
        named.put("pearson-chi2", new PearsonChi2());
        named.put("neyman-chi2", new NeymanChi2());
        named.put("squared-hellinger", new SquaredHellinger());
        named.put("jeffreys", new Jeffreys());
        named.put("softened-reverse-kl", new SoftenedReverseKl());
        named.put("softened-forward-kl", new SoftenedForwardKl());
        return named;
    }

    private static String name(FDivergence divergence) {
        if (divergence instanceof Alpha alpha) {
            return ALPHA + alpha.alpha();
        }
        return NAMED.entrySet().stream()
                .filter(entry -> entry.getValue().equals(divergence))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException("no spec names " + divergence + "; use one of " + list()));
    }

    private static double parameter(String spec) {
        double parameter;
        try {
            parameter = Double.parseDouble(spec.substring(ALPHA.length()));
        } catch (NumberFormatException notANumber) {
            throw refusal(spec, "needs a number after the colon");
        }
        if (!Float.isFinite((float) parameter)) {
            throw refusal(spec, "needs a finite number after the colon");
        }
        return parameter;
    }

    private static IllegalArgumentException refusal(String spec, String reason) {
        return new IllegalArgumentException("divergence \"" + spec + "\" " + reason + "; use one of " + list());
    }

    private static String list() {
        return known().stream().collect(Collectors.joining(", "));
    }
}
