package dev.freshet.ops.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class DeterministicResumeIT {
    @TempDir
    Path directory;

    @Test
    @Timeout(300)
    void aKilledAndResumedRunEndsBitForBitWhereTheUninterruptedOneEnds() throws Exception {
        Path whole = directory.resolve("whole");
        Path killed = directory.resolve("killed");
        String[] settings = {"freshet.deterministic=true", "freshet.checkpoint.interval=10"};
        assertThat(FreshetProcess.run(directory.resolve("whole.txt"), SmallRun.train(whole, settings)))
                .isZero();

        try (FreshetProcess first =
                FreshetProcess.start(directory.resolve("killed.txt"), SmallRun.train(killed, settings))) {
            first.await("checkpoint 10", () -> SmallRun.hasCheckpoint(killed, 10));
            first.kill();
        }
        assertThat(SmallRun.hasCheckpoint(killed, 20)).isFalse();
        Path resumed = directory.resolve("resumed.txt");
        assertThat(FreshetProcess.run(resumed, "train", "--resume", "--run-dir", killed.toString()))
                .isZero();

        assertThat(SmallRun.events(killed, "GroupsTakenBack")).isEqualTo(1);
        for (String file : new String[] {"model.safetensors", "optimizer.safetensors"}) {
            assertThat(SmallRun.checkpoint(killed, 20).resolve(file))
                    .hasSameBinaryContentAs(SmallRun.checkpoint(whole, 20).resolve(file));
        }
    }
}
