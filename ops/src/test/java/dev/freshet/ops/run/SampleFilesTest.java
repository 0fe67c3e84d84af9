package dev.freshet.ops.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.streams.PipelineEvent.FileDeleted;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SampleFilesTest {
    @TempDir
    Path run;

    @Test
    void theNewestAreKeptAndTheOthersToldOf() throws Exception {
        Path samples = Files.createDirectory(run.resolve("samples"));
        for (String name : List.of("v000480.png", "v000240.png", "v000720.png", "note.txt")) {
            Files.writeString(samples.resolve(name), "12345");
        }

        assertThat(new SampleFiles(samples, 2).deleteSurplus(Instant.EPOCH))
                .containsExactly(new FileDeleted("samples", "samples/v000240.png", 5, "more than 2 files"));

        try (Stream<Path> left = Files.list(samples)) {
            assertThat(left)
                    .extracting(file -> file.getFileName().toString())
                    .containsExactlyInAnyOrder("v000480.png", "v000720.png", "note.txt");
        }
    }

    @Test
    void aRunWithoutSamplesHasNothingToDelete() throws Exception {
        assertThat(new SampleFiles(run.resolve("samples"), 1).deleteSurplus(Instant.EPOCH))
                .isEmpty();
    }
}
