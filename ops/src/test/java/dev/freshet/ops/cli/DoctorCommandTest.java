package dev.freshet.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorCommandTest {
    private final StringWriter out = new StringWriter();
    private EngineProbe engine = () -> new EngineProbe.Engine("PyTorch", "2.7.1", "0.36.0", List.of("cpu"));

    @TempDir
    private Path directory;

    @Test
    void findsAFitMachineFit() {
        assertThat(execute()).isEqualTo(ExitCode.DONE);
        assertThat(out.toString().lines())
                .allMatch(line -> line.startsWith("ok"))
                .anyMatch(line -> line.endsWith("PyTorch 2.7.1 through DJL 0.36.0 on cpu"))
                .anyMatch(line -> line.matches("ok +devices +cpu"))
                .hasSize(8);
    }

    @Test
    void aDeviceThatTheEngineDoesNotSeeIsNamedWithItsSetting() {
        assertThat(execute("--set", "freshet.train.device=cuda:0")).isEqualTo(ExitCode.FAILED);
        assertThat(out.toString())
                .contains(
                        "WRONG  devices       cuda:0 (freshet.train.device): the engine sees cpu",
                        "-> use one of those, or point PYTORCH_LIBRARY_PATH at a CUDA build of libtorch 2.7.1");
    }

    @Test
    void namesWhatIsWrongAndARemedy() throws Exception {
        engine = () -> {
            throw new UnsatisfiedLinkError("libtorch.so: not found");
        };
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            assertThat(execute("--set", "freshet.metrics.port=" + port)).isEqualTo(ExitCode.FAILED);
            assertThat(out.toString())
                    .contains(
                            "WRONG  engine        does not load: java.lang.UnsatisfiedLinkError: libtorch.so: not found",
                            "WRONG  metrics port  127.0.0.1:" + port + " is taken",
                            "-> stop what listens there, or choose another port, 0 for any free one (freshet.metrics.port)",
                            "ok     control port  127.0.0.1:0 (any free port)");
        }
    }

    @Test
    void refusesARunDirectoryBelowAFile() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "");
        assertThat(execute("--run-dir", file.resolve("run").toString())).isEqualTo(ExitCode.FAILED);
        assertThat(out.toString()).contains("WRONG  run files     " + file + " cannot be written: ");
    }

    private int execute(String... options) {
        List<String> arguments = new ArrayList<>(
                List.of("doctor", "--set", "freshet.control.port=0", "--set", "freshet.metrics.port=0"));
        arguments.addAll(List.of(options));
        return FreshetCommand.with(
                        List.of(new DoctorCommand(new SettingsLoader(), settings -> directory.resolve("new"), engine)))
                .setOut(new PrintWriter(out, true))
                .execute(arguments.toArray(String[]::new));
    }
}
