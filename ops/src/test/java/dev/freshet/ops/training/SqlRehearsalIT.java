package dev.freshet.ops.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.model.rehearsal.RehearsalFiles;
import dev.freshet.model.rehearsal.RehearsalSet;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** DPH-RL on answers that are executed: statements that SQLite found right are rehearsed while others are explored. */
class SqlRehearsalIT {
    private static final String[] SQL = {
        "freshet.task.name=sql",
        "freshet.task.sql.teacher-accuracy=0.9",
        "freshet.generation.max-completion-length=64",
        "freshet.model.max-length=112",
        "freshet.train.batch-groups=4",
        "freshet.reference=off"
    };

    @TempDir
    Path directory;

    @Test
    @Timeout(300)
    void aRunRehearsesTheStatementsOfItsFirstPolicyThatWereRight() throws Exception {
        Path base = directory.resolve("base");
        SmallRun.done(
                directory,
                SmallRun.train(
                        base,
                        SmallRun.with(
                                SQL, "freshet.warm-up.steps=400", "freshet.train.steps=1", "freshet.divergence=none")));
        Path set = directory.resolve("set");
        SmallRun.done(
                directory,
                "rehearsal",
                "--checkpoint",
                SmallRun.checkpoint(base, 0).toString(),
                "--out",
                set.toString(),
                "--set",
                "freshet.rehearsal.sampling.prompts=60",
                "--set",
                "freshet.rehearsal.sampling.mastered-from=1");
        RehearsalSet read = RehearsalFiles.read(set);
        assertThat(read.sequences()).as("right statements").isNotEmpty();
        assertThat(read.exploration()).as("prompts to explore").isNotEmpty();

        Path run = directory.resolve("run");
        SmallRun.done(
                directory,
                SmallRun.train(
                        run,
                        SmallRun.with(
                                SQL,
                                "freshet.warm-up.from=" + SmallRun.checkpoint(base, 0),
                                "freshet.rehearsal.from=" + set,
                                "freshet.divergence-estimator=rehearsal",
                                "freshet.divergence=js-gan",
                                "freshet.train.steps=4")));
        assertThat(SmallRun.reports(run)).hasSize(4).allSatisfy(report -> {
            assertThat(report.path("rehearsal_sequences").asInt()).isPositive();
            assertThat(report.path("divergence_value").isNumber()).isTrue();
        });
    }
}
