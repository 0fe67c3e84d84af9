package dev.freshet.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freshet.actors.RefusedException;
import dev.freshet.ops.Samples;
import dev.freshet.ops.control.ControlServer;
import dev.freshet.ops.control.PolicySample;
import dev.freshet.ops.control.ScriptedRun;
import dev.freshet.ops.control.ScriptedView;
import dev.freshet.ops.control.TestServer;
import dev.freshet.ops.listen.TestCertificates;
import dev.freshet.ops.run.Journal;
import dev.freshet.ops.run.RunSettings.Rotation;
import dev.freshet.streams.PipelineEvent.PartRestarted;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands as a user types them, against a server on a real port. */
class CtlCommandTest {
    private final ScriptedRun run = new ScriptedRun();
    private final ScriptedView view = new ScriptedView();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private ControlServer server;

    @BeforeEach
    void start() throws Exception {
        server = TestServer.start(run, List.of("none", "js", "reverse-kl"), view);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void statusReadsWell() {
        assertThat(ctl("status")).isEqualTo(ExitCode.DONE);
        assertThat(out.toString().lines())
                .containsExactly(
                        "run         sample",
                        "state       running (as asked)",
                        "version     v12 of 200 steps, after a rollback to v4",
                        "objective   grpo",
                        "divergence  js, coefficient 0.02",
                        "groups      120 admitted = 96 trained + 7 dropped (6 no_signal, 1 stale) + 1 returned + 16 in flight",
                        "staleness   bound 2 versions",
                        "last step   reward 0.625, accuracy 0.609, loss -0.0123, js 0.0131, entropy 0.421, staleness 2 at"
                                + " most, 0.13 s");
    }

    @Test
    void statusForScriptsIsOneJsonObject() throws Exception {
        assertThat(ctl("status", "--json")).isEqualTo(ExitCode.DONE);
        JsonNode json = new ObjectMapper().readTree(out.toString());
        assertThat(json.at("/state").asText()).isEqualTo("running");
        assertThat(json.at("/policy_version").asLong()).isEqualTo(12);
        assertThat(json.at("/parent_version").asLong()).isEqualTo(4);
        assertThat(json.at("/groups/dropped/no_signal").asLong()).isEqualTo(6);
        assertThat(json.at("/last_step/max_staleness").asLong()).isEqualTo(2);
        assertThat(json.at("/last_step").size())
                .as("every field of a step")
                .isEqualTo(Samples.step(1).getClass().getRecordComponents().length);
    }

    @Test
    void whatIsNotANumberIsNullForScripts() throws Exception {
        run.answers(CompletableFuture.completedFuture(Samples.starting()));
        assertThat(ctl("status", "--json")).isEqualTo(ExitCode.DONE);
        assertThat(new ObjectMapper().readTree(out.toString()).at("/last_step").isNull())
                .isTrue();
    }

    @Test
    void commandsReachTheRun() {
        for (String command : List.of("pause", "resume", "drain", "stop", "checkpoint")) {
            assertThat(ctl(command)).as(command).isEqualTo(ExitCode.DONE);
        }
        assertThat(ctl("pause", "--now")).isEqualTo(ExitCode.DONE);
        assertThat(run.asked())
                .containsExactly("pause AFTER_STEP", "resume", "stop DRAIN", "stop NOW", "checkpoint", "pause NOW");
        assertThat(out.toString()).contains("checkpoint of v12: checkpoints/step-000012 (1,234,567 bytes)");
    }

    @Test
    void aSwitchSaysFromWhichVersionOn() {
        assertThat(ctl("switch-divergence", "reverse-kl", "--coefficient", "0.1"))
                .isEqualTo(ExitCode.DONE);
        assertThat(run.asked()).containsExactly("switch reverse-kl OptionalDouble[0.1]");
        assertThat(out.toString().lines())
                .containsExactly("divergence reverse-kl (coefficient 0.1) from v13 on, was js (0.02)");
    }

    @Test
    void aRollbackSaysWhatTheNewVersionIs() {
        assertThat(ctl("rollback", "4")).isEqualTo(ExitCode.DONE);
        assertThat(run.asked()).containsExactly("rollback v4");
        assertThat(out.toString().lines())
                .containsExactly("v13 has the weights of v4: checkpoints/v4; 7 groups were in flight and enter again");
    }

    @Test
    void aRollbackThatTheDiskDidNotTakeSaysSo() {
        run.checkpointFailure("no room");
        assertThat(ctl("rollback", "4")).isEqualTo(ExitCode.DONE);
        assertThat(out.toString().lines().skip(1))
                .containsExactly(
                        "warning: v13 could not be written as a checkpoint (no room), and is lost if the run is"
                                + " killed before its next one: free room, then ctl checkpoint");
    }

    @Test
    void anAnswerIsWaitedForAsLongAsTheUserSays() {
        run.answers(new CompletableFuture<>());
        assertThat(ctl("status", "--timeout", "1")).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString())
                .contains(" within 1 s (--timeout); the command may still be carried out: ask for the status");
        assertThat(ctl("status", "--timeout", "0")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("timeout must be 1 to 8640000 s, was 0 (--timeout)");
    }

    @Test
    void aRollbackToNoVersionIsRefused() {
        assertThat(ctl("rollback", "-1")).isEqualTo(ExitCode.USAGE);
        assertThat(ctl("rollback", "newest")).isEqualTo(ExitCode.USAGE);
        assertThat(run.asked()).isEmpty();
    }

    @Test
    void theDivergenceInForceHasAStar() {
        assertThat(ctl("list-divergences")).isEqualTo(ExitCode.DONE);
        assertThat(out.toString().lines()).containsExactly("  none", "* js", "  reverse-kl");
    }

    @Test
    void eventsAreTheLinesOfTheJournal(@TempDir Path folder) throws Exception {
        Path path = folder.resolve("events.jsonl");
        try (Journal journal = Journal.open(path, new Rotation(1 << 20, 2), InstantSource.system())) {
            view.journal(journal);
            journal.accept(new PartRestarted("generator-0", "out of luck"));
            journal.accept(new PartRestarted("generator-1", "out of luck"));
            assertThat(ctl("events", "--no-follow")).isEqualTo(ExitCode.DONE);
            assertThat(out.toString().lines()).containsExactlyElementsOf(Files.readAllLines(path));

            out.getBuffer().setLength(0);
            assertThat(ctl("events", "--no-follow", "--from", "3")).isEqualTo(ExitCode.DONE);
            assertThat(out.toString().lines())
                    .containsExactly(Files.readAllLines(path).get(2));
            assertThat(ctl("events", "--from", "5")).isEqualTo(ExitCode.USAGE);
        }
        assertThat(ctl("events", "--from", "1")).as("ends with the run").isEqualTo(ExitCode.DONE);
        assertThat(err.toString()).startsWith("freshet: event 5 is beyond the next one, the newest is 3: ");
    }

    @Test
    void aSampleIsItsTextsOrOneJsonObject() throws Exception {
        assertThat(ctl("sample", "--prompt", "17+25=", "--n", "2", "--temperature", "0.5"))
                .isEqualTo(ExitCode.DONE);
        assertThat(view.orders()).containsExactly(new PolicySample.Order("17+25=", 2, OptionalDouble.of(0.5)));
        assertThat(out.toString().lines()).containsExactly("42;", "4242");
        out.getBuffer().setLength(0);
        assertThat(ctl("sample", "--prompt", "17+25=", "--json")).isEqualTo(ExitCode.DONE);
        JsonNode json = new ObjectMapper().readTree(out.toString());
        assertThat(json.at("/policy_version").asLong()).isEqualTo(12);
        assertThat(json.at("/completions/1/finish_reason").asText()).isEqualTo("length");
        assertThat(json.at("/completions/1/log_prob").asDouble()).isEqualTo(-1.5);
    }

    @Test
    void anEvaluationIsALineOrOneJsonObject() throws Exception {
        assertThat(ctl("evaluate")).isEqualTo(ExitCode.DONE);
        assertThat(out.toString().lines())
                .containsExactly("v12: 256 prompts x 16 samples  pass@1 0.5000  pass@8 0.7500  distinct correct 1.50"
                        + "  since the start -0.5000  not verified 2");
        out.getBuffer().setLength(0);
        assertThat(ctl("evaluate", "--json")).isEqualTo(ExitCode.DONE);
        assertThat(new ObjectMapper()
                        .readTree(out.toString())
                        .at("/pass_at_k/8")
                        .asDouble())
                .isEqualTo(0.75);
        assertThat(new ObjectMapper()
                        .readTree(out.toString())
                        .at("/divergences/js")
                        .asDouble())
                .isEqualTo(0.125);
    }

    @Test
    void healthTellsByItsExitCode() {
        assertThat(ctl("health")).isEqualTo(ExitCode.DONE);
        assertThat(ctl("health", "oracle")).isEqualTo(ExitCode.USAGE);
        assertThat(out.toString().lines()).containsExactly("run serves");
        assertThat(err.toString().lines())
                .containsExactly("freshet: there is no part oracle; there are run, learner, generators and verifiers");
    }

    @Test
    void aTokenGoesToLoopbackOrThroughTlsOnly(@TempDir Path folder) throws Exception {
        Path token = TestCertificates.secret(folder.resolve("token"), "0123456789abcdef");
        assertThat(ctl("status", "--token-file", token.toString())).isEqualTo(ExitCode.DONE);
        assertThat(execute("ctl", "--endpoint", "10.1.2.3:7070", "--token-file", token.toString(), "status"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(ctl("status", "--tls-cert", "x")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString().lines())
                .containsExactly(
                        "freshet: the token would go to 10.1.2.3:7070 unencrypted: name the authority of the server's"
                                + " certificate (--tls-ca), or use a tunnel",
                        "freshet: a certificate and its key must be named together, one is missing (--tls-cert, --tls-key)");
    }

    @Test
    void aRefusalIsOneLineAndItsExitCodeTellsWhoseItIs() {
        run.answers(refused(RefusedException.Kind.INVALID_ARGUMENT, "there is no divergence jss; did you mean js?"));
        assertThat(ctl("switch-divergence", "jss")).isEqualTo(ExitCode.USAGE);
        run.answers(refused(RefusedException.Kind.FAILED_PRECONDITION, "the run is paused already"));
        assertThat(ctl("pause")).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString().lines())
                .containsExactly(
                        "freshet: there is no divergence jss; did you mean js?", "freshet: the run is paused already");
    }

    @Test
    void noRunAndNoAddressAreToldApart() {
        server.close();
        assertThat(ctl("status")).isEqualTo(ExitCode.FAILED);
        assertThat(execute("ctl", "--endpoint", "here", "status")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString().lines())
                .containsExactly(
                        "freshet: no run answers at " + endpoint()
                                + "; start one, or name its address with --endpoint host:port",
                        "freshet: endpoint must be host:port, as in 127.0.0.1:7070, was here");
    }

    @Test
    void theEndpointMayStandBehindTheCommand() {
        assertThat(execute("ctl", "resume", "--endpoint", endpoint())).isEqualTo(ExitCode.DONE);
        assertThat(run.asked()).containsExactly("resume");
    }

    private static <T> CompletableFuture<T> refused(RefusedException.Kind kind, String message) {
        return CompletableFuture.failedFuture(new RefusedException(kind, message));
    }

    private int ctl(String... command) {
        List<String> arguments = new ArrayList<>(List.of("ctl", "--endpoint", endpoint()));
        arguments.addAll(List.of(command));
        return execute(arguments.toArray(String[]::new));
    }

    private String endpoint() {
        return "127.0.0.1:" + server.address().getPort();
    }

    private int execute(String... arguments) {
        return FreshetCommand.with(List.of(new CtlCommand()))
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }
}
