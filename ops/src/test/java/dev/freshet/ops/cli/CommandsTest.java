package dev.freshet.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import ai.djl.engine.EngineException;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.BindException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class CommandsTest {
    private static final Config REFERENCE = ConfigFactory.parseString("""
            freshet {
              train.steps = 200
              control { host = 127.0.0.1, port = 0, call-timeout = 60 s, max-concurrent-calls = 16 }
              metrics { host = 127.0.0.1, port = 0 }
            }
            """);

    private final SettingsLoader loader = new SettingsLoader(REFERENCE);
    private final List<Launch> launches = new ArrayList<>();
    private final List<Object> requests = new ArrayList<>();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path directory;

    @Test
    void trainWithoutArgumentsTakesTheDefaultsAndANewDirectory() {
        assertThat(execute("train")).isEqualTo(ExitCode.DONE);
        assertThat(launches).containsExactly(new Launch(200, directory.resolve("new"), ResumeMode.FRESH));
    }

    @Test
    void trainTakesFileSettingsAndDirectory() throws Exception {
        Path file = Files.writeString(directory.resolve("my.conf"), "freshet.train.steps = 50");
        assertThat(execute("train", "--config", file.toString(), "--run-dir", "there"))
                .isEqualTo(ExitCode.DONE);
        assertThat(execute("train", "--config=" + file, "--set", "freshet.train.steps=20"))
                .isEqualTo(ExitCode.DONE);
        assertThat(launches)
                .containsExactly(
                        new Launch(50, Path.of("there"), ResumeMode.FRESH),
                        new Launch(20, directory.resolve("new"), ResumeMode.FRESH));
    }

    @Test
    void aResumedRunTakesTheSettingsThatItWasStartedWith() throws Exception {
        writeRun();
        assertThat(execute("train", "--resume", "--run-dir", directory.toString()))
                .isEqualTo(ExitCode.DONE);
        assertThat(launches).containsExactly(new Launch(70, directory, ResumeMode.RESUME));
    }

    @Test
    void whoeverStartsItAgainAndAgainBeginsOnce() throws Exception {
        Path file = Files.writeString(directory.resolve("my.conf"), "freshet.train.steps = 50");
        String[] command = {"train", "--resume-or-begin", "--run-dir", directory.toString(), "--config", file.toString()
        };
        assertThat(execute(command)).isEqualTo(ExitCode.DONE);
        writeRun();
        assertThat(execute(command)).isEqualTo(ExitCode.DONE);
        assertThat(execute("train", "--resume-or-begin", "--run-dir", directory.toString()))
                .isEqualTo(ExitCode.DONE);
        assertThat(launches)
                .containsExactly(
                        new Launch(50, directory, ResumeMode.FRESH),
                        new Launch(50, directory, ResumeMode.RESUME),
                        new Launch(70, directory, ResumeMode.RESUME));
        assertThat(execute("train", "--resume-or-begin")).isEqualTo(ExitCode.USAGE);
        assertError("--resume-or-begin needs --run-dir: name the directory of the run that shall go on;"
                + " see freshet train --help");
    }

    private void writeRun() throws IOException {
        Files.writeString(directory.resolve("config.conf"), "freshet.train.steps = 70");
        Files.writeString(directory.resolve("run.lock"), "");
    }

    @Test
    void resumeNeedsADirectoryThatIsThere() {
        assertThat(execute("train", "--resume")).isEqualTo(ExitCode.USAGE);
        assertError(
                "--resume needs --run-dir: name the directory of the run that shall go on; see freshet train --help");
        assertThat(execute("train", "--resume", "--run-dir", "nowhere")).isEqualTo(ExitCode.USAGE);
        assertError("run directory nowhere does not exist; name that of a run (--run-dir), or leave out --resume");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--sett x=1 | Unknown options: '--sett', 'x=1'; see freshet train --help",
                "--run-dir | Missing required parameter for option '--run-dir' (DIR); see freshet train --help",
                "--set freshet.train.steps=no | --set freshet.train.steps=no: freshet.train.steps must be a whole number, was no",
                "--config missing.conf | settings file missing.conf does not exist; name one that does (--config)"
            })
    void aUsersMistakeIsOneLineAndExitCodeTwo(String arguments, String line) {
        assertThat(execute(("train " + arguments).split(" ", -1))).isEqualTo(ExitCode.USAGE);
        assertError(line);
        assertThat(launches).isEmpty();
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void aCommandThatIsMissingOrUnknownIsUsage() {
        assertThat(execute()).isEqualTo(ExitCode.USAGE);
        assertError("a command is missing; see freshet --help");
        assertThat(execute("ctl")).isEqualTo(ExitCode.USAGE);
        assertError("a command is missing; see freshet ctl --help");
        assertThat(execute("trian")).isEqualTo(ExitCode.USAGE);
        assertError("Unmatched argument at index 0: 'trian'; see freshet --help");
    }

    @Test
    void failuresHaveTheirExitCodes() {
        assertThat(executeFailing(new IllegalArgumentException("group-size must be at least 2, was 1")))
                .isEqualTo(ExitCode.USAGE);
        assertError("group-size must be at least 2, was 1");
        assertThat(executeFailing(new BindException("cannot listen on 127.0.0.1:7070")))
                .isEqualTo(ExitCode.USAGE);
        assertError("cannot listen on 127.0.0.1:7070");
        assertThat(executeFailing(new IllegalStateException("the learner died")))
                .isEqualTo(ExitCode.FAILED);
        assertError("the learner died");
        assertThat(executeFailing(new CompletionException(new IllegalArgumentException("deep inside"))))
                .as("a running part's failure is not the user's mistake")
                .isEqualTo(ExitCode.FAILED);
        assertError("deep inside");
        assertThat(executeFailing(new RunFailedException(new NoSuchFileException("rollouts"))))
                .as("nor is that of a run that has begun")
                .isEqualTo(ExitCode.FAILED);
        assertError("rollouts does not exist; name one that does");
        assertThat(executeFailing(new CompletionException(
                        new EngineException("[enforce fail at alloc.cpp] DefaultCPUAllocator: can't allocate memory"))))
                .isEqualTo(ExitCode.OUT_OF_MEMORY);
        assertThat(executeFailing(new CompletionException(new OutOfMemoryError("Java heap space"))))
                .isEqualTo(ExitCode.OUT_OF_MEMORY);
    }

    @Test
    void aRefusalThatNamesSeveralPlacesIsPrintedWhole() {
        String refusal = """
                2 of 9 lines of d.jsonl cannot be used; mend or remove them:
                  d.jsonl:3: field "prompt" is missing; there are [question]
                  d.jsonl:7: not JSON: Unexpected end-of-input""";
        assertThat(executeFailing(new IllegalArgumentException(refusal))).isEqualTo(ExitCode.USAGE);
        assertError(refusal);
        assertThat(executeFailing(new IllegalStateException("a native call failed\n  at frame #1\n  at frame #2")))
                .isEqualTo(ExitCode.FAILED);
        assertError("a native call failed");
    }

    @Test
    void theLaunchersExitCodeIsTheCommands() {
        assertThat(commands((settings, runDirectory, mode) -> 1).execute("train"))
                .isEqualTo(1);
    }

    @Test
    void evalHandsOverWhatWasAsked() {
        assertThat(execute("eval", "--checkpoint", "c")).isEqualTo(ExitCode.DONE);
        assertThat(execute("eval", "--checkpoint", "c", "--data", "d.jsonl", "--set=a=b", "--k", "8,1,8", "--json"))
                .isEqualTo(ExitCode.DONE);
        assertThat(requests)
                .containsExactly(
                        new EvaluationLauncher.Request(
                                Path.of("c"), Optional.empty(), List.of(), List.of(1, 4, 16), OutputFormat.TEXT),
                        new EvaluationLauncher.Request(
                                Path.of("c"),
                                Optional.of(Path.of("d.jsonl")),
                                List.of("a=b"),
                                List.of(1, 8),
                                OutputFormat.JSON));
        assertThat(execute("eval", "--checkpoint", "c", "--k", "0")).isEqualTo(ExitCode.USAGE);
        assertError("k of pass@k must be at least 1, was 0 (--k)");
        assertThat(execute("eval")).isEqualTo(ExitCode.USAGE);
        assertError("Missing required option: '--checkpoint=DIR'; see freshet eval --help");
    }

    @Test
    void generateHandsOverWhatWasAsked() {
        assertThat(execute("generate", "--checkpoint", "c", "--prompt", "1+1=")).isEqualTo(ExitCode.DONE);
        assertThat(execute("generate", "--checkpoint", "c", "--prompt", "", "--n", "3", "--temperature", "0"))
                .isEqualTo(ExitCode.DONE);
        assertThat(requests)
                .containsExactly(
                        new GenerationLauncher.Request(Path.of("c"), "1+1=", 1, 1),
                        new GenerationLauncher.Request(Path.of("c"), "", 3, 0));
        Path arguments = directory.resolve("arguments");
        requests.clear();
        assertThatCode(() -> Files.writeString(arguments, "--n 3")).doesNotThrowAnyException();
        for (String prompt : List.of("@" + arguments, "@@x")) {
            assertThat(execute("generate", "--checkpoint", "c", "--prompt", prompt))
                    .isEqualTo(ExitCode.DONE);
        }
        assertThat(requests)
                .containsExactly(
                        new GenerationLauncher.Request(Path.of("c"), "@" + arguments, 1, 1),
                        new GenerationLauncher.Request(Path.of("c"), "@@x", 1, 1));
        assertThat(execute("generate", "--checkpoint", "c", "--prompt", "x", "--n", "0"))
                .isEqualTo(ExitCode.USAGE);
        assertError("the number of completions must be at least 1, was 0 (--n)");
        assertThat(execute("generate", "--checkpoint", "c", "--prompt", "x", "--temperature", "-1"))
                .isEqualTo(ExitCode.USAGE);
        assertError(
                "temperature must be 0, for the most likely token, or at least 1.0E-6, and finite, was -1.0 (--temperature)");
    }

    @Test
    void rehearsalHandsOverWhatWasAsked() {
        assertThat(execute("rehearsal", "--checkpoint", "c", "--out", "o", "--set", "a=b"))
                .isEqualTo(ExitCode.DONE);
        assertThat(requests).containsExactly(new RehearsalLauncher.Request(Path.of("c"), Path.of("o"), List.of("a=b")));
        assertThat(execute("rehearsal", "--checkpoint", "c")).isEqualTo(ExitCode.USAGE);
        assertError("Missing required option: '--out=DIR'; see freshet rehearsal --help");
    }

    @Test
    void benchKnowsItsNames() {
        assertThat(execute("bench", "decode", "--out", "o.json")).isEqualTo(ExitCode.DONE);
        assertThat(requests).containsExactly(new BenchmarkLauncher.Request("decode", Optional.of(Path.of("o.json"))));
        assertThat(execute("bench", "nothing")).isEqualTo(ExitCode.USAGE);
        assertError("there is no benchmark nothing; there are plumbing, decode; see freshet bench --help");
    }

    @Test
    void versionAndHelpAreDone() {
        assertThat(execute("version")).isEqualTo(ExitCode.DONE);
        assertThat(out.toString()).startsWith("freshet 0.1.0").contains("Java " + Runtime.version());
        assertThat(execute("train", "--help")).isEqualTo(ExitCode.DONE);
        assertThat(out.toString()).contains("--resume", "Exit codes:", "out of memory");
    }

    private int execute(String... arguments) {
        return commands(this::launch).execute(arguments);
    }

    private int executeFailing(Exception failure) {
        return commands((settings, runDirectory, mode) -> {
                    throw failure;
                })
                .execute("train");
    }

    private int launch(Config settings, Path runDirectory, ResumeMode mode) {
        launches.add(new Launch(settings.getInt("freshet.train.steps"), runDirectory, mode));
        return ExitCode.DONE;
    }

    private CommandLine commands(TrainingLauncher training) {
        Function<Config, Path> newRunDirectory = settings -> directory.resolve("new");
        return FreshetCommand.with(List.of(
                        new TrainCommand(loader, newRunDirectory, training),
                        new CtlCommand(),
                        new EvalCommand((request, output) -> noted(request)),
                        new GenerateCommand((request, output) -> noted(request)),
                        new RehearsalCommand((request, output) -> noted(request)),
                        new BenchCommand(new NotedBenchmarks()),
                        new VersionCommand()))
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true));
    }

    private int noted(Object request) {
        requests.add(request);
        return ExitCode.DONE;
    }

    private void assertError(String line) {
        assertThat(err.toString()).isEqualTo("freshet: " + line + System.lineSeparator());
        err.getBuffer().setLength(0);
    }

    private record Launch(int steps, Path runDirectory, ResumeMode mode) {}

    private final class NotedBenchmarks implements BenchmarkLauncher {
        @Override
        public List<String> names() {
            return List.of("plumbing", "decode");
        }

        @Override
        public int run(Request request, PrintWriter output) {
            return noted(request);
        }
    }
}
