package dev.freshet.model.checkpoint;

import static dev.freshet.model.checkpoint.Snapshots.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.freshet.model.rollout.PolicyVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingStateTest {
    private static final String JSON = """
            {
              "format_version" : 2,
              "version" : 3,
              "optimizer_steps" : 6,
              "cursor" : 24,
              "seed" : -9223372036854775801,
              "objective" : "grpo",
              "divergence" : "alpha:0.5",
              "divergence_coefficient" : 0.1,
              "parameters" : {
                "in_force" : {
                  "freshet.train.learning-rate" : "1e-4"
                },
                "configured" : {
                  "freshet.objective" : "grpo",
                  "freshet.train.learning-rate" : "1e-3"
                }
              },
              "groups" : {
                "admitted" : 29,
                "dropped.no_signal" : 2,
                "dropped.stale" : 0,
                "in_flight" : 2,
                "returned" : 1,
                "trained" : 24
              },
              "gemm_flavour" : "fp32",
              "settings_digest" : "0f5a",
              "model" : {
                "layers" : "2",
                "tokenizer" : "char"
              },
              "provenance" : {
                "freshet" : "0.1.0",
                "task" : "arithmetic"
              },
              "rollbacks" : [ ],
              "scores" : {
                "mean_reward" : 0.5
              }
            }""";

    @TempDir
    Path directory;

    @Test
    void isReadableJsonWithItsMapsInOrder() throws IOException {
        assertThat(new String(CheckpointJson.write(state(3)), StandardCharsets.UTF_8))
                .isEqualToNormalizingNewlines(JSON);
        assertThat(read(JSON)).isEqualTo(state(3));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -0.0, Double.MIN_VALUE, 1.0 / 3, Double.MAX_VALUE})
    void coefficientsComeBackToTheLastBit(double coefficient) throws IOException {
        TrainingState state = withCoefficient(coefficient);
        Path file = Files.write(directory.resolve("state.json"), CheckpointJson.write(state));

        TrainingState read = CheckpointJson.read(file, TrainingState.class);

        assertThat(Double.doubleToRawLongBits(read.divergenceCoefficient()))
                .isEqualTo(Double.doubleToRawLongBits(coefficient));
    }

    static Stream<Arguments> edits() {
        return Stream.of(
                arguments("\"format_version\" : 2", "\"format_version\" : 3", "format_version must be 1 or 2, was 3"),
                arguments(
                        "\"format_version\" : 2",
                        "\"format_version\" : \"2\"",
                        "format_version must be 1 or 2, was \"2\""),
                arguments("\"cursor\" : 24,", "\"cursor\" : 24, \"mood\" : 1,", "unknown field mood"),
                arguments("\"cursor\" : 24,", "", "Missing field 'cursor'"),
                arguments("\"cursor\" : 24,", "\"cursor\" : 24, \"cursor\" : 24,", "Duplicate field 'cursor'"),
                arguments("\"cursor\" : 24", "\"cursor\" : null", "Cannot map `null` into type `long`"),
                arguments("\"cursor\" : 24", "\"cursor\" : 24.5", "Cannot coerce Floating-point value (24.5)"),
                arguments("\"cursor\" : 24", "\"cursor\" : \"24\"", "Cannot coerce String value (\"24\")"),
                arguments("\"cursor\" : 24", "\"cursor\" : 9223372036854775808", "Numeric value (9223372036854775808)"),
                arguments("\"cursor\" : 24", "\"cursor\" : -1", "cursor must be at least 0, was -1"),
                arguments("\"version\" : 3", "\"version\" : -3", "policy version must be at least 0, was -3"),
                arguments("\"objective\" : \"grpo\"", "\"objective\" : null", "Null value for field 'objective'"),
                arguments("0.1,", "1e999,", "divergence coefficient must be finite, was Infinity"),
                arguments("\"trained\" : 24", "\"trained\" : 23", "group counts must add up to admitted, were"),
                arguments("[ ]", "[ { \"version\" : 3, \"parent\" : 3 } ]", "the parent of a rollback must be below"),
                arguments("[ ]", "[ { \"version\" : 4, \"parent\" : 1 } ]", "versions of rollbacks must rise, up to 3"),
                arguments("0.5", "1e999", "scores must be finite, were {mean_reward=Infinity}"),
                arguments("\"returned\" : 1", "\"lost\" : 1", "group counts must have admitted, trained, returned"),
                arguments("\"dropped.stale\"", "\"forgotten\"", "group counts must not have the key forgotten"),
                arguments("\"trained\" : 24", "\"trained\" : -24", "group count trained must be at least 0, was -24"));
    }

    @ParameterizedTest
    @MethodSource("edits")
    void aFileThatIsNotOursIsRefusedByName(String from, String to, String reason) {
        assertThat(JSON).contains(from);

        assertThatThrownBy(() -> read(JSON.replace(from, to)))
                .isInstanceOf(CheckpointException.class)
                .hasMessageStartingWith("state.json: " + reason);
    }

    @Test
    void theStepsBehindTheWeightsAreThoseThatNoRollbackTookBack() throws IOException {
        String twice = "[ { \"version\" : 2, \"parent\" : 1 }, { \"version\" : 3, \"parent\" : 1 } ]";

        TrainingState read = read(JSON.replace("[ ]", twice));

        assertThat(read.parent()).contains(new PolicyVersion(1));
        assertThat(read.rollbacks().get(0)).isEqualTo(new Rollback(new PolicyVersion(2), new PolicyVersion(1)));
        assertThat(read(JSON.replace("[ ]", "[ { \"version\" : 2, \"parent\" : 0 } ]"))
                        .step())
                .isEqualTo(1);
        assertThat(state(3).step()).isEqualTo(3);
        assertThat(state(3).parent()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "7", "[]", "null"})
    void somethingElseThanAnObjectIsRefused(String json) {
        assertThatThrownBy(() -> read(json))
                .isInstanceOf(CheckpointException.class)
                .hasMessage("state.json must be a JSON object");
    }

    @Test
    void textAfterTheObjectIsRefused() {
        assertThatThrownBy(() -> read(JSON + "{}"))
                .isInstanceOf(CheckpointException.class)
                .hasMessageStartingWith("state.json: Trailing token");
    }

    private static TrainingState withCoefficient(double coefficient) {
        return new TrainingState(
                PolicyVersion.INITIAL,
                0,
                0,
                1,
                "grpo",
                "none",
                coefficient,
                SavedParameters.NONE,
                TrainingState.NO_GROUPS,
                "fp32",
                "",
                Map.of(),
                Map.of(),
                List.of(),
                Map.of());
    }

    private TrainingState read(String json) throws IOException {
        return CheckpointJson.read(Files.writeString(directory.resolve("state.json"), json), TrainingState.class);
    }
}
