package dev.freshet.model.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LineIndexTest {
    @TempDir
    private Path folder;

    private LineIndex index(String text) throws IOException {
        Path file = folder.resolve("lines");
        Files.writeString(file, text);
        return LineIndex.of(file);
    }

    @Test
    void blankLinesAreNoneButCountInNumbers() throws IOException {
        LineIndex index = index("\n  \n{a}\n\t\r\n{b}\r\n\n\n{c}\n\n");
        assertThat(index.size()).isEqualTo(3);
        assertThat(index.number(0)).isEqualTo(3);
        assertThat(index.number(1)).isEqualTo(5);
        assertThat(index.number(2)).isEqualTo(8);
    }

    @Test
    void aLinesBytesHoldItAndNothingOfAnother() throws IOException {
        String text = "{a}\n\n{bcd}\n{e}";
        LineIndex index = index(text);
        for (int line = 0; line < 3; line++) {
            int start = (int) index.start(line);
            String bytes = text.substring(start, start + (int) index.bytes(line));
            assertThat(bytes.strip()).isEqualTo(new String[] {"{a}", "{bcd}", "{e}"}[line]);
        }
    }

    @Test
    void withoutBlankLinesNumbersAreThoseOfTheLines() throws IOException {
        LineIndex index = index("{}\n".repeat(5000));
        assertThat(index.size()).isEqualTo(5000);
        assertThat(index.number(4999)).isEqualTo(5000);
        assertThat(index.bytes(4999)).isEqualTo(3);
    }

    @Test
    void anEmptyFileHasNoLines() throws IOException {
        assertThat(index("").size()).isZero();
        assertThat(index("\n \n").size()).isZero();
    }

    @Test
    void theDigestIsThatOfTheBytes() throws IOException {
        // sha256 of "abc", FIPS 180-2, appendix B.1.
        Path file = folder.resolve("abc");
        Files.write(file, "abc".getBytes(StandardCharsets.US_ASCII));
        assertThat(LineIndex.of(file).sha256())
                .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
