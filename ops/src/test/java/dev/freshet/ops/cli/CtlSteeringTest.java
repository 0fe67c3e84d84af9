package dev.freshet.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.actors.RefusedException;
import dev.freshet.actors.RefusedException.Kind;
import dev.freshet.ops.control.ControlServer;
import dev.freshet.ops.control.ScriptedRun;
import dev.freshet.ops.control.ScriptedView;
import dev.freshet.ops.control.TestServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The commands that change what is in force, as a user types them, against a server on a real port. */
class CtlSteeringTest {
    private final ScriptedRun run = new ScriptedRun();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private ControlServer server;

    @BeforeEach
    void start() throws Exception {
        server = TestServer.start(run, List.of(), new ScriptedView());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void setSaysFromWhichVersionOn() {
        assertThat(ctl("set", "freshet.train.learning-rate=1e-4")).isEqualTo(ExitCode.DONE);
        assertThat(run.asked()).containsExactly("set freshet.train.learning-rate 1e-4");
        assertThat(out.toString().lines()).containsExactly("freshet.train.learning-rate = 1e-4 from v13 on, was 1e-3");
    }

    @Test
    void aValueMayHaveSpacesAndEqualsSigns() {
        assertThat(ctl("set", "freshet.actors.verify-deadline = 30 s=1")).isEqualTo(ExitCode.DONE);
        assertThat(run.asked()).containsExactly("set freshet.actors.verify-deadline 30 s=1");
    }

    @Test
    void whatIsNoAssignmentIsRefusedBeforeItIsSent() {
        assertThat(ctl("set", "freshet.train.learning-rate")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString())
                .contains("a setting must be key=value, as in freshet.train.learning-rate=1e-4, was"
                        + " freshet.train.learning-rate");
        assertThat(run.asked()).isEmpty();
    }

    @Test
    void anObjectiveIsSwitchedWithItsSettings() {
        assertThat(ctl("switch-objective", "grpo", "--set", "freshet.rlvr.clip-low=0.1"))
                .isEqualTo(ExitCode.DONE);
        assertThat(run.asked()).containsExactly("switch objective grpo {freshet.rlvr.clip-low=0.1}");
        assertThat(out.toString().lines())
                .containsExactly("objective grpo from v13 on, was grpo", "freshet.rlvr.clip-low = 0.1, was 0.2");
    }

    @Test
    void dryRunsAreAskedForAndSaid() {
        assertThat(ctl("set", "freshet.train.learning-rate=1e-4", "--dry-run")).isEqualTo(ExitCode.DONE);
        assertThat(ctl("switch-objective", "grpo", "--dry-run")).isEqualTo(ExitCode.DONE);
        assertThat(ctl("switch-divergence", "tv", "--dry-run")).isEqualTo(ExitCode.DONE);
        assertThat(run.asked())
                .containsExactly(
                        "set freshet.train.learning-rate 1e-4 (dry run)",
                        "switch objective grpo {} (dry run)",
                        "switch tv OptionalDouble.empty (dry run)");
        assertThat(out.toString().lines()).hasSize(3).allMatch(line -> line.startsWith("would be: "));
    }

    @Test
    void theListShowsValuesAndRules() {
        assertThat(ctl("list-parameters")).isEqualTo(ExitCode.DONE);
        assertThat(out.toString().lines())
                .containsExactly(
                        "freshet.train.learning-rate = 1.5e-3  Above 0.",
                        "freshet.rlvr.dual-clip = auto         Above 1; or off.");
    }

    @Test
    void theObjectiveInForceHasAStarAndOthersTheirReason() {
        assertThat(ctl("list-objectives")).isEqualTo(ExitCode.DONE);
        assertThat(out.toString().lines()).containsExactly("* grpo", "  flat  (unavailable: no dataset)");
    }

    @Test
    void aRefusalIsOneLine() {
        run.answers(CompletableFuture.failedFuture(
                new RefusedException(Kind.INVALID_ARGUMENT, "setting x cannot change while a run goes on")));
        assertThat(ctl("set", "x=1")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString().lines()).containsExactly("freshet: setting x cannot change while a run goes on");
    }

    private int ctl(String... command) {
        List<String> arguments = new ArrayList<>(
                List.of("ctl", "--endpoint", "127.0.0.1:" + server.address().getPort()));
        arguments.addAll(List.of(command));
        return FreshetCommand.with(List.of(new CtlCommand()))
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments.toArray(String[]::new));
    }
}
