package dev.freshet.ops.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.freshet.ops.cli.ExitCode;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExperimentsTest {
    private static final List<ArmResult> MEASURED = List.of(
            new ArmResult("base", 1, 1.5, Map.of("score", 0.25)),
            new ArmResult("base", 2, 1.5, Map.of("score", 0.75)),
            new ArmResult("taught", 1, 2, Map.of("score", 0.9)),
            new ArmResult("taught", 2, 2, Map.of("score", 0.9)));

    @TempDir
    private Path folder;

    private final StringWriter printed = new StringWriter();

    @Test
    void writesWhatScriptsRelyOn() throws Exception {
        assertThat(run(0.4)).isEqualTo(ExitCode.DONE);

        JsonNode result =
                new JsonMapper().readTree(folder.resolve("out/result.json").toFile());
        assertThat(result.fieldNames())
                .toIterable()
                .contains("experiment", "settings", "arms", "checks", "commit", "machine", "seconds");
        assertThat(result.at("/arms/2/arm").asText()).isEqualTo("taught");
        assertThat(result.at("/arms/2/seed").asLong()).isEqualTo(1);
        assertThat(result.at("/arms/2/metrics/score").asDouble()).isEqualTo(0.9);
        assertThat(result.at("/checks/0/name").asText()).isEqualTo("taught is better");
        assertThat(result.at("/checks/0/pass").asBoolean()).isTrue();
        assertThat(folder.resolve("out/result.csv"))
                .hasContent(
                        "arm,seed,seconds,score\nbase,1,1.5,0.25\nbase,2,1.5,0.75\ntaught,1,2.0,0.9\ntaught,2,2.0,0.9\n");
        assertThat(ImageIO.read(folder.resolve("out/result.png").toFile()).getWidth())
                .isPositive();
    }

    @Test
    void printsMeanSpreadAndThePapersOrdering() throws Exception {
        run(0.4);
        assertThat(printed.toString())
                .contains("base    0.500 +- 0.354")
                .contains("taught  0.900 +- 0.000")
                .contains("  paper  taught > base")
                .contains("  ours   taught 0.900 > base 0.500");
    }

    @Test
    void aBrokenCheckIsAFailureAndToldWithItsNumbers() throws Exception {
        assertThat(run(0.5)).isEqualTo(ExitCode.FAILED);
        assertThat(printed.toString()).contains("BROKEN  taught is better: taught less base >= 0.5000, was 0.4000");
    }

    @Test
    void doesNotWriteOverResults() throws Exception {
        Files.createDirectory(folder.resolve("out"));
        assertThatThrownBy(() -> run(0.4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must not exist")
                .hasMessageContaining("--out");
    }

    @Test
    void aSingleSeedHasNoSpread() {
        ArmTable table = new ArmTable(MEASURED.subList(0, 1));
        assertThat(table.deviation("base", "score")).isNaN();
        assertThat(table.mean("base", "score")).isCloseTo(0.25, within(1e-12));
        assertThat(Tables.text(table, List.of("score"))).endsWith("base  0.250         ");
    }

    private int run(double bound) throws Exception {
        return Experiments.run(new Taught(bound), folder.resolve("out"), new PrintWriter(printed, true));
    }

    private record Taught(double bound) implements Experiment {
        @Override
        public String name() {
            return "taught";
        }

        @Override
        public Object settings() {
            return Map.of("bound", bound);
        }

        @Override
        public List<String> metrics() {
            return List.of("score");
        }

        @Override
        public List<ArmResult> run(ExperimentRuns runs) {
            return MEASURED;
        }

        @Override
        public List<Ordering> orderings() {
            return List.of(new Ordering("score", "taught > base"));
        }

        @Override
        public List<Check> checks(ArmTable table) {
            double gain = table.mean("taught", "score") - table.mean("base", "score");
            return List.of(Check.atLeast("taught is better", "taught less base", gain, bound));
        }
    }
}
