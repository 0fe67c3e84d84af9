package dev.freshet.model.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TemplateBankTest {
    @TempDir
    Path directory;

    @Test
    void theShippedTemplatesAreManyAndDifferent() {
        List<String> all = bank("", 1).all();
        assertThat(all).hasSizeBetween(30, 50).doesNotHaveDuplicates();
        assertThat(all).contains("I don't know.");
    }

    @Test
    void seedAndAdmissionNumberDecide() {
        TemplateBank bank = bank("", 1);
        List<String> drawn = drawn(bank);
        assertThat(drawn(bank("", 1))).isEqualTo(drawn);
        assertThat(drawn(bank("", 2))).isNotEqualTo(drawn);
        assertThat(drawn).containsAll(bank.all());
    }

    private static List<String> drawn(TemplateBank bank) {
        return LongStream.range(0, 1000)
                .mapToObj(sequence -> bank.of(new AdmittedExample(sequence, sequence / 7, sequence % 7)))
                .toList();
    }

    @Test
    void aFileOfOnesOwnIsReadLineByLine() throws IOException {
        Path file = directory.resolve("templates.txt");
        Files.writeString(file, "no idea\n\n  who knows  \n");
        assertThat(bank(file.toString(), 1).all()).containsExactly("no idea", "who knows");
    }

    @Test
    void aFileThatIsNotThereOrEmptyIsRefused() throws IOException {
        Path missing = directory.resolve("missing.txt");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> bank(missing.toString(), 1))
                .withMessageContaining(missing + " cannot be read: ")
                .withMessageContaining("(freshet.unlearning.templates)");
        Path empty = Files.writeString(directory.resolve("empty.txt"), "\n");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> bank(empty.toString(), 1))
                .withMessage(empty + " must have at least one template, had none (freshet.unlearning.templates)");
    }

    private static TemplateBank bank(String file, long seed) {
        Config settings = ConfigFactory.parseString(
                "freshet { unlearning.templates = \"" + file + "\", train.seed = " + seed + " }");
        return TemplateBank.from(settings);
    }
}
