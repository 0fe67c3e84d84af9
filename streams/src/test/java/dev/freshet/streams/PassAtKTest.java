package dev.freshet.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.InputStream;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PassAtKTest {
    static Stream<JsonNode> vectors() throws Exception {
        try (InputStream file = PassAtKTest.class.getResourceAsStream("/vectors/pass_at_k.json")) {
            JsonNode vectors =
                    new ObjectMapper().readTree(Objects.requireNonNull(file)).get("pass_at_k");
            return StreamSupport.stream(vectors.spliterator(), false);
        }
    }

    /** A product of at most 256 factors, each right to half a unit in the last place, near 1: about 1e-14. */
    @ParameterizedTest
    @MethodSource("vectors")
    void agreesWithTheClosedForm(JsonNode vector) {
        double estimate = PassAtK.estimate(
                vector.get("n").asInt(),
                vector.get("c").asInt(),
                vector.get("k").asInt());
        assertThat(estimate).isCloseTo(vector.get("value").asDouble(), within(1e-12));
    }

    @Test
    void isTheShareOfCorrectAnswersForOneTry() {
        assertThat(PassAtK.estimate(10, 3, 1)).isCloseTo(0.3, within(1e-12));
    }

    @Test
    void refusesWhatCannotBeEstimated() {
        assertThatThrownBy(() -> PassAtK.estimate(8, 3, 16))
                .hasMessage("k must be 1 to the number of samples 8, was 16: sample more answers a prompt, or ask for a"
                        + " smaller k");
        assertThatThrownBy(() -> PassAtK.estimate(8, 9, 1))
                .hasMessage("correct answers must be 0 to the number of samples 8, were 9");
    }
}
