package dev.freshet.ops.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.actors.RunControl.ChangeMode;
import dev.freshet.actors.RunControl.PauseMode;
import dev.freshet.model.rehearsal.RehearsalFiles;
import dev.freshet.model.rehearsal.RehearsalSet;
import dev.freshet.ops.InProcessFreshet;
import dev.freshet.ops.cli.ExitCode;
import dev.freshet.ops.control.ControlClient;
import dev.freshet.ops.control.ControlException;
import dev.freshet.ops.control.SteeringClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A set is prepared from a run's first policy, and other runs begin from that policy and rehearse. */
class RehearsalIT {
    private static final String[] ONE_DIGIT = {
        "freshet.task.arithmetic.min-digits=1", "freshet.task.arithmetic.max-digits=1",
        "freshet.task.arithmetic.teacher-accuracy=0.8", "freshet.warm-up.steps=400"
    };

    @TempDir
    static Path shared;

    private static Path base;
    private static Path set;

    @TempDir
    Path directory;

    private final List<Path> outputs = new ArrayList<>();

    @BeforeAll
    static void prepare() throws Exception {
        base = shared.resolve("base");
        set = shared.resolve("set");
        assertThat(InProcessFreshet.run(
                        shared.resolve("base.txt"),
                        SmallRun.train(
                                base,
                                SmallRun.with(
                                        ONE_DIGIT,
                                        "freshet.train.steps=1",
                                        "freshet.reference=off",
                                        "freshet.divergence=none"))))
                .isEqualTo(ExitCode.DONE);
        assertThat(prepare(set, shared.resolve("set.txt"))).isEqualTo(ExitCode.DONE);
    }

    private static int prepare(Path where, Path output) throws Exception {
        return InProcessFreshet.run(
                output,
                "rehearsal",
                "--checkpoint",
                SmallRun.checkpoint(base, 0).toString(),
                "--out",
                where.toString(),
                "--set",
                "freshet.rehearsal.sampling.prompts=200",
                "--set",
                "freshet.rehearsal.sampling.mastered-from=6");
    }

    @Test
    @Timeout(120)
    void theSetIsThePolicysOwnAndIsNotWrittenOver() throws Exception {
        RehearsalSet read = RehearsalFiles.read(set);
        assertThat(read.prompts()).hasSizeGreaterThan(20).doesNotHaveDuplicates();
        assertThat(read.exploration())
                .isNotEmpty()
                .hasSizeLessThan(read.prompts().size());
        assertThat(read.sequences())
                .isNotEmpty()
                .allSatisfy(sequence -> assertThat(sequence.anchor().sum()).isNegative());
        Path output = directory.resolve("again.txt");
        assertThat(prepare(set, output)).isEqualTo(ExitCode.USAGE);
        assertThat(Files.readString(output)).contains("must not exist, " + set + " does; name another (--out)");
    }

    @Test
    @Timeout(300)
    void aKilledRunThatRehearsesEndsBitForBitWhereTheUninterruptedOneEnds() throws Exception {
        String[] settings = SmallRun.with(
                rehearsing(set),
                "freshet.deterministic=true",
                "freshet.checkpoint.interval=10",
                "freshet.reference=off",
                "freshet.divergence-estimator=rehearsal",
                "freshet.divergence=forward-kl",
                "freshet.divergence-coefficient=1");
        Path whole = directory.resolve("whole");
        Path killed = directory.resolve("killed");
        assertThat(InProcessFreshet.run(directory.resolve("whole.txt"), SmallRun.train(whole, settings)))
                .isEqualTo(ExitCode.DONE);
        try (FreshetProcess first =
                FreshetProcess.start(directory.resolve("killed.txt"), SmallRun.train(killed, settings))) {
            first.await("checkpoint 10", () -> SmallRun.hasCheckpoint(killed, 10));
            first.kill();
        }
        assertThat(SmallRun.hasCheckpoint(killed, 20)).isFalse();
        assertThat(InProcessFreshet.run(
                        directory.resolve("resumed.txt"), "train", "--resume", "--run-dir", killed.toString()))
                .isEqualTo(ExitCode.DONE);
        for (String file : new String[] {"model.safetensors", "optimizer.safetensors"}) {
            assertThat(SmallRun.checkpoint(killed, 20).resolve(file))
                    .hasSameBinaryContentAs(SmallRun.checkpoint(whole, 20).resolve(file));
        }
        // Half as many as a batch of eight groups of four has rollouts.
        assertThat(SmallRun.reports(whole)).hasSize(20).allSatisfy(report -> {
            assertThat(report.path("rehearsal_sequences").asInt()).isEqualTo(16);
            assertThat(report.path("rehearsal_tokens").asLong()).isGreaterThanOrEqualTo(32);
            assertThat(report.path("divergence_value").isNumber()).isTrue();
        });
        // The policy has not moved: its log-probs are those of the set, to the rounding of single precision.
        assertThat(SmallRun.reports(whole).get(0).path("clamped_log_ratios").asDouble())
                .isZero();

        Path other = directory.resolve("other-set");
        assertThat(InProcessFreshet.run(
                        directory.resolve("other-set.txt"),
                        "rehearsal",
                        "--checkpoint",
                        SmallRun.checkpoint(base, 0).toString(),
                        "--out",
                        other.toString(),
                        "--set",
                        "freshet.rehearsal.sampling.prompts=150",
                        "--set",
                        "freshet.rehearsal.sampling.mastered-from=8"))
                .isEqualTo(ExitCode.DONE);
        Path refused = directory.resolve("refused.txt");
        assertThat(InProcessFreshet.run(
                        refused,
                        "train",
                        "--resume",
                        "--run-dir",
                        killed.toString(),
                        "--set",
                        "freshet.rehearsal.from=" + other))
                .isEqualTo(ExitCode.USAGE);
        assertThat(Files.readString(refused)).contains("a resumed run must keep its rehearsal set and prompts");
    }

    @Test
    @Timeout(300)
    void aRunIsSwitchedToRehearsalIfItsSetIsPreparedAndElseRefusesByName() throws Exception {
        Path run = directory.resolve("run");
        String[] settings = SmallRun.with(rehearsing(set), "freshet.divergence=none", "freshet.train.steps=400");
        Path output = directory.resolve("run.txt");
        try (FreshetProcess process = FreshetProcess.start(output, SmallRun.train(run, settings))) {
            process.await("a few steps", () -> SmallRun.events(run, "StepTrained") > 2);
            try (ControlClient client = process.control()) {
                SteeringClient steering = new SteeringClient(client);
                var unused = client.pause(PauseMode.AFTER_STEP);
                var changed = steering.set("freshet.divergence-estimator", "rehearsal", ChangeMode.CARRY_OUT);
                var switched = steering.switchDivergence("js-gan", OptionalDouble.of(2), ChangeMode.CARRY_OUT);
                assertThat(switched.toSpec()).isEqualTo("js-gan");
                unused = client.resume();
                long from = changed.firstVersion().number();
                process.await("steps after it", () -> SmallRun.events(run, "StepTrained") > from + 2);
                assertThatThrownBy(() -> steering.set("freshet.rehearsal.form", "plain", ChangeMode.CARRY_OUT))
                        .isInstanceOf(ControlException.class)
                        .hasMessageContaining("must be in the divergence forward-kl");
                List<JsonNode> reports = SmallRun.reports(run);
                assertThat(reports.get((int) from - 2)
                                .path("rehearsal_sequences")
                                .asInt())
                        .isZero();
                assertThat(reports.get((int) from - 1)
                                .path("rehearsal_sequences")
                                .asInt())
                        .isEqualTo(16);
            }
            process.kill();
        }

        Path without = directory.resolve("without");
        try (FreshetProcess process = FreshetProcess.start(
                directory.resolve("without.txt"),
                SmallRun.train(
                        without,
                        SmallRun.with(
                                ONE_DIGIT,
                                "freshet.warm-up.from=" + SmallRun.checkpoint(base, 0),
                                "freshet.train.steps=400")))) {
            process.await("a step", () -> SmallRun.events(without, "StepTrained") > 0);
            try (ControlClient client = process.control()) {
                SteeringClient steering = new SteeringClient(client);
                assertThatThrownBy(
                                () -> steering.set("freshet.divergence-estimator", "rehearsal", ChangeMode.CARRY_OUT))
                        .isInstanceOf(ControlException.class)
                        .hasMessageContaining("divergence-estimator rehearsal needs a rehearsal set, and from is off");
            }
            process.kill();
        }
    }

    @Test
    @Timeout(120)
    void aSetThatIsDamagedOrOfAnotherPolicyIsRefusedBeforeAFileIsWritten() throws Exception {
        Path run = directory.resolve("run");
        Path damaged = directory.resolve("damaged");
        Files.createDirectory(damaged);
        for (String file : new String[] {"manifest.json", "prompts.jsonl", "sequences.safetensors"}) {
            Files.copy(set.resolve(file), damaged.resolve(file));
        }
        byte[] bytes = Files.readAllBytes(damaged.resolve("sequences.safetensors"));
        bytes[bytes.length - 1] ^= 1;
        Files.write(damaged.resolve("sequences.safetensors"), bytes);
        assertRefused(run, SmallRun.with(rehearsing(damaged)), "sequences.safetensors must have SHA-256 ");
        assertRefused(
                run,
                SmallRun.with(ONE_DIGIT, "freshet.rehearsal.from=" + set),
                "a rehearsal set is of one policy, from which a run with it must begin");
        assertRefused(
                run,
                SmallRun.with(rehearsing(set), "freshet.warm-up.from=" + SmallRun.checkpoint(base, 1)),
                "a rehearsal set must be of the policy that the run begins from");
        assertRefused(
                run,
                SmallRun.with(
                        rehearsing(set), "freshet.task.name=countdown", "freshet.generation.max-completion-length=6"),
                "a rehearsal set must be of the run's task countdown, was of arithmetic");
        assertThat(run).doesNotExist();
    }

    private void assertRefused(Path run, String[] settings, String why) throws Exception {
        Path output = directory.resolve("refused-" + outputs.size() + ".txt");
        outputs.add(output);
        assertThat(InProcessFreshet.run(output, SmallRun.train(run, settings))).isEqualTo(ExitCode.USAGE);
        assertThat(Files.readString(output)).contains(why);
    }

    private static String[] rehearsing(Path from) {
        return SmallRun.with(
                ONE_DIGIT, "freshet.warm-up.from=" + SmallRun.checkpoint(base, 0), "freshet.rehearsal.from=" + from);
    }
}
