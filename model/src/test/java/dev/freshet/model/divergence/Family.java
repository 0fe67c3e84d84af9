package dev.freshet.model.divergence;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** The divergences under test, by the names of the vectors, and some that the vectors lack. */
final class Family {
    private static final Map<String, FDivergence> IN_VECTORS = inVectors();

    private Family() {}

    static Map<String, FDivergence> byVectorName() {
        return IN_VECTORS;
    }

    static FDivergence named(String vectorName) {
        return Objects.requireNonNull(IN_VECTORS.get(vectorName), vectorName);
    }

    static List<FDivergence> members() {
        Stream<FDivergence> others = Stream.of(
                new Alpha(-1.5),
                new Alpha(-0.01),
                new Alpha(0.01),
                new Alpha(0.99),
                new Alpha(2.5),
                new Scaled(new Jeffreys(), 3));
        return Stream.concat(IN_VECTORS.values().stream(), others).toList();
    }

    static List<SmoothDivergence> smoothMembers() {
        return members().stream()
                .filter(SmoothDivergence.class::isInstance)
                .map(SmoothDivergence.class::cast)
                .toList();
    }

    private static Map<String, FDivergence> inVectors() {
        Map<String, FDivergence> members = new LinkedHashMap<>();
        members.put("REVERSE_KL", new ReverseKl());
        members.put("FORWARD_KL", new ForwardKl());
        members.put("JS_GAN", JensenShannon.onGanScale());
        members.put("JS_TRUE", new JensenShannon());
        members.put("TOTAL_VARIATION", new TotalVariation());
        members.put("PEARSON_CHI2", new PearsonChi2());
        members.put("NEYMAN_CHI2", new NeymanChi2());
        members.put("SQUARED_HELLINGER", new SquaredHellinger());
        members.put("JEFFREYS", new Jeffreys());
        members.put("SOFTENED_REVERSE_KL", new SoftenedReverseKl());
        members.put("SOFTENED_FORWARD_KL", new SoftenedForwardKl());
        members.put("ALPHA_0.2", new Alpha(0.2));
        members.put("ALPHA_0.5", new Alpha(0.5));
        members.put("ALPHA_0.8", new Alpha(0.8));
        return members;
    }
}
