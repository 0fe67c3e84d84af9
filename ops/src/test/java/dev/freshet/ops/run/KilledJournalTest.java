package dev.freshet.ops.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.ops.run.RunSettings.Rotation;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class KilledJournalTest {
    private static final Rotation LARGE = new Rotation(64 << 20, 4);

    @TempDir
    private Path folder;

    @Test
    void losesNothingThatWasAcceptedWhenItsProcessIsKilled() throws Exception {
        Path path = folder.resolve("events.jsonl");
        Process writer = OtherProcess.start(Writer.class, path.toString());
        long accepted;
        try (BufferedReader output = writer.inputReader()) {
            accepted = Long.parseLong(output.readLine());
        } finally {
            writer.destroyForcibly();
        }
        assertThat(writer.waitFor(10, TimeUnit.SECONDS)).isTrue();

        try (Journal journal = Journal.open(path, LARGE, InstantSource.system())) {
            assertThat(journal.attempt()).isEqualTo(2);
        }
        List<String> lines = Files.readAllLines(path);
        assertThat(lines.size()).isGreaterThanOrEqualTo((int) accepted + 2);
        for (int i = 0; i < lines.size(); i++) {
            assertThat(lines.get(i))
                    .startsWith("{\"sequence\":" + (i + 1) + ",")
                    .endsWith("}");
        }
    }

    /** Writes a journal until it is killed; says once how many events it has accepted. */
    static final class Writer {
        private static final int SAID_AFTER = 1000;

        /** Ends a writer whose test died: two seconds' worth of events or so. */
        private static final int LAST = 500_000;

        private Writer() {}

        public static void main(String[] arguments) throws IOException {
            try (Journal journal = Journal.open(Path.of(arguments[0]), LARGE, InstantSource.system())) {
                for (int i = 1; i <= LAST; i++) {
                    journal.accept(RunEvents.dropped(i));
                    if (i == SAID_AFTER) {
                        System.out.println(i);
                    }
                }
            }
        }
    }
}
