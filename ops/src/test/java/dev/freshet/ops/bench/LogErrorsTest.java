package dev.freshet.ops.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogErrorsTest {
    @Test
    void areFoundInWhatIsPrintedAndInLogFiles(@TempDir Path run) throws Exception {
        Files.writeString(
                run.resolve("freshet.log"), "{\"level\":\"INFO\"}\n{\"level\":\"ERROR\",\"message\":\"no\"}\n");

        assertThat(LogErrors.in("""
                        step 1/2  reward 0.5  errors are what ERRORS are
                        12:00:01 WARN  dev.freshet.Journal: it goes on
                        12:00:02 ERROR dev.freshet.Journal: it does not
                        java.lang.IllegalStateException: because
                        Caused by: that
                        """, run))
                .containsExactly(
                        "output: 12:00:02 ERROR dev.freshet.Journal: it does not",
                        "output: java.lang.IllegalStateException: because",
                        "output: Caused by: that",
                        "freshet.log: {\"level\":\"ERROR\",\"message\":\"no\"}");
    }
}
