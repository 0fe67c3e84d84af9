package dev.freshet.model.divergence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DivergenceSpecTest {
    private static final String KNOWN =
            "reverse-kl, forward-kl, js, js-gan, tv, pearson-chi2, neyman-chi2, squared-hellinger, "
                    + "jeffreys, softened-reverse-kl, softened-forward-kl, alpha:A, none";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "reverse-kl",
                "forward-kl",
                "js",
                "js-gan",
                "tv",
                "pearson-chi2",
                "neyman-chi2",
                "squared-hellinger",
                "jeffreys",
                "softened-reverse-kl",
                "softened-forward-kl",
                "alpha:0.5",
                "alpha:-1.5",
                "alpha:1.0E-5",
                "none"
            })
    void specsSurviveParsingAndFormatting(String spec) {
        assertThat(DivergenceSpec.format(DivergenceSpec.parse(spec))).isEqualTo(spec);
    }

    @Test
    void everyClassOfTheFamilyHasASpec() {
        Set<Class<?>> named = DivergenceSpec.known().stream()
                .map(spec -> DivergenceSpec.parse(spec.replace("alpha:A", "alpha:0.3")))
                .flatMap(Optional::stream)
                .collect(Collectors.mapping(FDivergence::getClass, Collectors.toSet()));
        assertThat(named)
                .contains(SmoothDivergence.class.getPermittedSubclasses())
                .contains(TotalVariation.class);
        assertThat(FDivergence.class.getPermittedSubclasses())
                .containsExactlyInAnyOrder(SmoothDivergence.class, TotalVariation.class);
    }

    @Test
    void everyExampleCanBeTaken() {
        assertThat(DivergenceSpec.examples())
                .hasSameSizeAs(DivergenceSpec.known())
                .allSatisfy(spec -> assertThat(DivergenceSpec.format(DivergenceSpec.parse(spec)))
                        .isEqualTo(spec));
    }

    @Test
    void namesMeanWhatTheySay() {
        assertThat(DivergenceSpec.parse("js")).contains(new JensenShannon());
        assertThat(DivergenceSpec.parse("js-gan")).contains(new Scaled(new JensenShannon(), 2));
        assertThat(DivergenceSpec.parse("alpha:0")).contains(new ReverseKl());
        assertThat(DivergenceSpec.parse("alpha:1e-60")).contains(new ReverseKl());
        assertThat(DivergenceSpec.parse("alpha:1.0")).contains(new ForwardKl());
        assertThat(DivergenceSpec.parse("none")).isEmpty();
    }

    @Test
    void unknownSpecsAreRefusedWithTheKnownOnes() {
        assertThat(String.join(", ", DivergenceSpec.known())).isEqualTo(KNOWN);
        assertRefused("kl", "is unknown");
        assertRefused("", "is unknown");
        assertRefused("Reverse-KL", "is unknown");
        assertRefused("alpha", "is unknown");
        assertRefused("alpha:half", "needs a number after the colon");
        assertRefused("alpha:", "needs a number after the colon");
        assertRefused("alpha:NaN", "needs a finite number after the colon");
        assertRefused("alpha:-Infinity", "needs a finite number after the colon");
        assertRefused("alpha:1e300", "needs a finite number after the colon");
    }

    private static void assertRefused(String spec, String reason) {
        assertThatThrownBy(() -> DivergenceSpec.parse(spec))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("divergence \"" + spec + "\" " + reason + "; use one of " + KNOWN);
    }

    @Test
    void aScaleThatNoPaperUsesHasNoSpec() {
        assertThatThrownBy(() -> DivergenceSpec.format(Optional.of(new Scaled(new Jeffreys(), 3))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no spec names Scaled[divergence=Jeffreys[], factor=3.0]; use one of " + KNOWN);
    }
}
