package dev.freshet.ops.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import dev.freshet.actors.RefusedException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class RunDirectoryTest {
    @TempDir
    private Path folder;

    @Test
    void refusesAFolderThatAnotherProcessHolds() throws Exception {
        Path run = folder.resolve("run");
        Process holder = holderOf(run);
        try {
            assertThatThrownBy(() -> RunDirectory.create(run))
                    .isInstanceOf(RefusedException.class)
                    .hasMessage(run + " is in use by process " + holder.pid()
                            + ": stop that process first, or name another folder with --run-dir");
            assertThatThrownBy(() -> RunDirectory.resume(run)).hasMessageContaining("process " + holder.pid());
        } finally {
            holder.destroyForcibly();
        }
    }

    @Test
    void freesTheFolderOfAProcessThatWasKilled() throws Exception {
        Path run = folder.resolve("run");
        Process holder = holderOf(run);
        holder.destroyForcibly();
        assertThat(holder.waitFor(10, TimeUnit.SECONDS)).isTrue();

        try (RunDirectory resumed = RunDirectory.resume(run)) {
            assertThat(Files.readString(resumed.files().lock()).strip())
                    .isEqualTo(Long.toString(ProcessHandle.current().pid()));
        }
    }

    @Test
    void refusesAFolderThatThisProcessHolds() throws IOException {
        Path run = folder.resolve("run");
        try (RunDirectory held = create(run)) {
            assertThatThrownBy(() -> RunDirectory.resume(held.files().root()))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("in use by this process, ");
        }
    }

    @Test
    void refusesToStartANewRunInAFolderThatIsNotEmpty() throws IOException {
        Path run = folder.resolve("run");
        create(run).close();

        assertThatThrownBy(() -> RunDirectory.create(run))
                .isInstanceOf(RefusedException.class)
                .hasMessage(
                        run + " is not empty (it holds config.conf): go on with its run by --resume, or name another"
                                + " folder with --run-dir");
    }

    @Test
    void leavesAForeignFolderUntouchedWhenItRefusesIt() throws IOException {
        Files.writeString(folder.resolve("thesis.txt"), "mine");

        assertThatThrownBy(() -> RunDirectory.create(folder)).hasMessageContaining("it holds thesis.txt");

        assertThat(folder).isDirectoryNotContaining("glob:**run.lock");
    }

    @Test
    void takesAFolderWhoseStartFailedBeforeTheRunBegan() throws IOException {
        Path run = folder.resolve("run");
        RunDirectory.create(run).close();
        Files.writeString(run.resolve("config.conf.new"), "freshet {");

        RunDirectory.create(run).close();
    }

    @Test
    void refusesToResumeWhereNoRunIs() {
        assertThatThrownBy(() -> RunDirectory.resume(folder))
                .isInstanceOf(RefusedException.class)
                .hasMessage(
                        folder + " holds no run to resume: name another with --run-dir, or start one without --resume");
    }

    @Test
    void refusesAPlaceThatCannotBeWrittenInOneLine() throws IOException {
        Path notAFolder = Files.writeString(folder.resolve("file"), "");

        assertThatThrownBy(() -> RunDirectory.create(notAFolder.resolve("run")))
                .isInstanceOf(RefusedException.class)
                .hasMessageStartingWith("cannot write run directory " + notAFolder.resolve("run"))
                .hasMessageEndingWith("name a folder on a writable disk with --run-dir, or set freshet.run.directory")
                .hasMessageNotContaining("\n");
    }

    @Test
    void writesTheSettingsResolvedAndWithoutTheRestOfTheMachine() throws IOException {
        try (RunDirectory directory = create(folder.resolve("run"))) {
            assertThat(ConfigFactory.parseFile(directory.files().config().toFile()))
                    .isEqualTo(ConfigFactory.parseString("freshet.train { seed = 17, steps = 120 }"));
        }
    }

    @Test
    void keepsTheSettingsOfEarlierAttemptsThatDiffer() throws IOException {
        create(folder).close();
        try (RunDirectory resumed = RunDirectory.resume(folder)) {
            resumed.writeConfig(ConfigFactory.parseString("freshet.train { seed = 17, steps = 120 }"));
            assertThat(folder).isDirectoryNotContaining("glob:**config.1.conf");
            resumed.writeConfig(ConfigFactory.parseString("freshet.train { seed = 17, steps = 240 }"));
        }

        assertThat(Files.readString(folder.resolve("config.1.conf"))).contains("steps=120");
        assertThat(Files.readString(folder.resolve("config.conf"))).contains("steps=240");
    }

    private static RunDirectory create(Path run) {
        RunDirectory directory = RunDirectory.create(run);
        directory.writeConfig(ConfigFactory.parseString("steps = 120, freshet.train { seed = 17, steps = ${steps} }")
                .resolve());
        return directory;
    }

    /** Starts a process that holds the folder, and returns when it does. */
    private static Process holderOf(Path run) throws IOException {
        Process process = OtherProcess.start(Holder.class, run.toString());
        BufferedReader output = process.inputReader();
        assertThat(output.readLine()).isEqualTo("held");
        return process;
    }

    /** Holds a run directory until it is killed. */
    static final class Holder {
        private Holder() {}

        public static void main(String[] arguments) throws IOException {
            create(Path.of(arguments[0]));
            System.out.println("held");
            int end = System.in.read(); // Blocks until the parent dies, so that this process never outlives the test.
            System.exit(end);
        }
    }
}
