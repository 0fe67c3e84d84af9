package dev.freshet.ops.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.ops.InProcessFreshet;
import dev.freshet.ops.InProcessFreshet.Ended;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A start that cannot go well is refused with one line and exit code 2; nothing of a run is left. */
@EnabledOnOs(OS.LINUX)
class StartRefusalsTest {
    @TempDir
    private Path folder;

    @Test
    void refusesSettingsThatAreUnknownOrOfTheWrongKindOrOutOfRange() throws Exception {
        assertRefused(
                "--set freshet.train.stepz=1: there is no setting freshet.train.stepz; did you mean freshet.train.steps?",
                "freshet.train.stepz=1");
        assertRefused("freshet.train.steps must be a whole number, was many", "freshet.train.steps=many");
        assertRefused("files must be at least 1, was 0 (freshet.run.journal.files)", "freshet.run.journal.files=0");
        assertRefused(
                "the format of a log must be plain or json, was \"xml\" (freshet.log.format)",
                "freshet.log.format=xml");
        assertRefused(
                "group-size must be at least 2 for advantages that are standardised, was 1",
                "freshet.generation.group-size=1");
        assertRefused("divergence \"kl\" is unknown; use one of reverse-kl, forward-kl", "freshet.divergence=kl");
        assertRefused("matrix flavour on cuda:7 must be plain or bf16, was \"fp32\"", "freshet.train.device=cuda:7");
        assertRefused("objective must be one of grpo, dr-grpo, ", "freshet.objective=ppo");
        assertRefused("label-smoothing must be in [0, 0.5), was 0.5", "freshet.cdpo.label-smoothing=0.5");
        assertRefused(
                "objective dpo under divergence js needs a reference, which is off",
                "freshet.objective=dpo",
                "freshet.reference=off");
        assertRefused(
                "f-dpo must have a divergence with f'(0) = -Infinity, which tv has not",
                "freshet.objective=f-dpo",
                "freshet.divergence=tv");
        assertRefused(
                "read-threads must be at least 1, was 0 (freshet.dataset.read-threads)",
                "freshet.dataset.read-threads=0");
        assertRefused(
                "max-completions must be at least 1, was 0 (freshet.sample.max-completions)",
                "freshet.sample.max-completions=0");
        assertRefused(
                "samples must be at least 1, was 0 (freshet.evaluation.samples)",
                "freshet.evaluation.samples=0",
                "freshet.evaluation.k=[]");
        assertRefused(
                "steps must be at most 2147483647, was 3000000000 (freshet.train.steps)",
                "freshet.train.steps=3000000000");
        assertRefused("(freshet.service.progress-deadline)", "freshet.service.progress-deadline=1 s");
    }

    @Test
    void refusesPortsThatAreInUse() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            for (String server : List.of("control", "metrics")) {
                assertRefused(
                        "cannot listen on 127.0.0.1:" + taken.getLocalPort()
                                + ": Address already in use; stop what listens there, or choose another port, 0 for any free one"
                                + " (freshet." + server + ".port)",
                        "freshet." + server + ".port=" + taken.getLocalPort());
            }
        }
    }

    @Test
    void refusesADirectoryThatIsNotForIt() throws Exception {
        Path full = Files.createDirectories(folder.resolve("full"));
        Files.writeString(full.resolve("thesis.tex"), "");
        assertCommandRefused(full + " is not empty (it holds thesis.tex)", SmallRun.train(full));

        Path file = Files.writeString(folder.resolve("file"), "");
        assertCommandRefused("cannot write run directory " + file.resolve("run"), SmallRun.train(file.resolve("run")));
        // Also for the superuser, whom permissions do not stop.
        assertCommandRefused("cannot write run directory /proc/freshet", SmallRun.train(Path.of("/proc/freshet")));
    }

    @Test
    void refusesADiskWithoutRoom() throws Exception {
        assertRefused(
                "MiB: make room, name a folder on another with --run-dir, or lower freshet.run.min-free-space",
                "freshet.run.min-free-space=1000 TiB");
    }

    @Test
    void refusesFilesThatDoNotExist() throws Exception {
        assertRefused(
                "no such file: /no/problems.jsonl (freshet.task.jsonl.file)",
                "freshet.task.name=jsonl",
                "freshet.task.jsonl.file=/no/problems.jsonl");
        assertRefused(
                "no such file: /no/held-out.jsonl (freshet.task.jsonl.held-out-file)",
                "freshet.task.name=jsonl",
                "freshet.task.jsonl.held-out-file=/no/held-out.jsonl");
        assertRefused(
                "no such file: /no/tokenizer.json",
                "freshet.task.name=jsonl",
                "freshet.task.jsonl.tokenizer=/no/tokenizer.json");
        assertRefused(
                "no such file: /no/pairs.jsonl (freshet.dataset.path)",
                "freshet.objective=dpo",
                "freshet.dataset.path=/no/pairs.jsonl");
        assertCommandRefused(
                "settings file /no/run.conf does not exist; name one that does (--config)",
                "train",
                "--config",
                "/no/run.conf");
    }

    @Test
    void refusesToResumeWhatIsNoRun() throws Exception {
        Path nothing = folder.resolve("nothing");
        assertCommandRefused(
                "run directory " + nothing + " does not exist; name that of a run (--run-dir), or leave out --resume",
                "train",
                "--resume",
                "--run-dir",
                nothing.toString());
        Path empty = Files.createDirectories(folder.resolve("empty"));
        assertCommandRefused(
                "run directory " + empty
                        + " holds no run to resume; name that of a run (--run-dir), or leave out --resume",
                "train",
                "--resume",
                "--run-dir",
                empty.toString());
        assertCommandRefused("--resume needs --run-dir", "train", "--resume");
        assertCommandRefused("--resume-or-begin needs --run-dir", "train", "--resume-or-begin");
    }

    private void assertRefused(String message, String... settings) {
        assertCommandRefused(message, SmallRun.train(folder.resolve("refused"), settings));
    }

    private void assertCommandRefused(String message, String... command) {
        Ended ended = InProcessFreshet.run(command);
        assertThat(ended.exitCode()).as("%s", ended).isEqualTo(2);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err())
                .singleElement()
                .asString()
                .startsWith("freshet: ")
                .contains(message);
        assertThat(folder.resolve("refused").resolve("config.conf")).doesNotExist();
    }
}
