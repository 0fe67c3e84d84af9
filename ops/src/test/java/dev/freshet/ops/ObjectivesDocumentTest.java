package dev.freshet.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.model.objective.RlvrVariant;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Locale;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/** {@code docs/using.md} says of each objective what it chooses. */
class ObjectivesDocumentTest {
    private static final DecimalFormat NUMBER =
            new DecimalFormat("0.####", DecimalFormatSymbols.getInstance(Locale.ROOT));

    @Test
    void hasALineForEachObjective() {
        String document = Repository.read(Repository.ROOT.resolve("docs/using.md"));
        assertThat(document.lines())
                .containsSubsequence(RlvrVariant.ALL.stream()
                        .map(ObjectivesDocumentTest::line)
                        .toList());
    }

    private static String line(RlvrVariant variant) {
        return "| `" + variant.spec() + "` | "
                + String.join(
                        " | ",
                        variant.advantage().spec(),
                        variant.ratio().spec(),
                        variant.surrogate().spec(),
                        NUMBER.format(variant.clipLow()),
                        NUMBER.format(variant.clipHigh()),
                        orOff(variant.dualClip()),
                        variant.aggregation().spec(),
                        variant.equalRewards().spec(),
                        orOff(variant.overlongShare()))
                + " |";
    }

    private static String orOff(OptionalDouble number) {
        return number.isPresent() ? NUMBER.format(number.getAsDouble()) : "off";
    }
}
