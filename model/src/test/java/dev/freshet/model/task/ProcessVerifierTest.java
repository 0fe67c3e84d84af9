package dev.freshet.model.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Deadlines that must not be met are generous, since other builds may use the machine; those to be missed are short. */
@Timeout(60)
class ProcessVerifierTest {
    private static final Duration GENEROUS = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(300);

    @TempDir
    Path directory;

    @Test
    void aProgramReadsTheQuestionAndWritesTheReward() {
        ProcessVerifier judge = new ProcessVerifier(javaProgram(), GENEROUS);
        // Quotes, a line break and an emoji must survive the way through JSON.
        String truth = "say \"é\"\n\uD83D\uDE00";
        assertThat(Verdicts.ofStopped(judge, truth, "any " + truth)).isEqualTo(Verdicts.reward(1));
        assertThat(Verdicts.ofCutOff(judge, truth, truth)).isEqualTo(Verdicts.reward(-0.5));
    }

    private static List<String> javaProgram() {
        String classPath = Stream.of(JudgeProgram.class, JsonNode.class, JsonParser.class, JsonFormat.class)
                .map(type ->
                        type.getProtectionDomain().getCodeSource().getLocation().getPath())
                .collect(Collectors.joining(System.getProperty("path.separator")));
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return List.of(java, "-Xshare:auto", "-XX:TieredStopAtLevel=1", "-cp", classPath, JudgeProgram.class.getName());
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "0, 0", "-0.25, -0.25", "' 0.5 ', 0.5", "1e-3, 0.001", "+2., 2", ".5, 0.5"})
    void anyFiniteNumberIsAReward(String written, double expected) {
        assertThat(verdict("echo '" + written + "'")).isEqualTo(Verdicts.reward(expected));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "yes", "1 2", "NaN", "Infinity", "1e999", "0x10", "1f", "1,5"})
    void anythingElseIsNoReward(String written) {
        assertThat(verdict("echo '" + written + "'"))
                .isEqualTo(unscorable("wrote \"" + written + "\" instead of a finite number"));
    }

    @Test
    void garbageIsQuotedInPart() {
        assertThat(verdict("printf 'a\\377b\\n%0300d' 7"))
                .isEqualTo(unscorable("wrote \"a\uFFFDb " + "0".repeat(196) + "...\" instead of a finite number"));
    }

    @Test
    void aFloodOfOutputIsCutShort() {
        assertThat(verdict("yes")).isEqualTo(unscorable("wrote more than 65536 bytes instead of a number"));
    }

    @Test
    void aFloodOfErrorsDoesNotBlockAGoodProgram() {
        assertThat(verdict("head -c 1000000 /dev/zero >&2; echo 1")).isEqualTo(Verdicts.reward(1));
    }

    @Test
    void aCrashIsNoRewardEvenAfterANumber() {
        assertThat(verdict("echo 1; echo out of luck >&2; exit 3"))
                .isEqualTo(unscorable("exited with status 3: \"out of luck\""));
        assertThat(verdict("kill -9 $$")).isEqualTo(unscorable("exited with status 137"));
    }

    @Test
    void aProgramThatIsNotThereIsNoReward() {
        Verdict verdict = Verdicts.ofStopped(new ProcessVerifier(List.of("/no/such/program"), GENEROUS), "42", "42");
        assertThat(verdict)
                .isInstanceOfSatisfying(
                        Verdict.Unscorable.class,
                        unscorable -> assertThat(unscorable.reason())
                                .startsWith("verifier /no/such/program could not be run: "));
    }

    @Test
    void aHangIsKilledAtTheDeadlineWithItsChildren() throws Exception {
        Path pids = directory.resolve("pids");
        String script = "trap '' TERM; sleep 600 & echo $! $$ > " + pids + "; wait; sleep 600";
        Verdict verdict = Verdicts.ofStopped(shell(script, Duration.ofSeconds(2)), "42", "42");
        assertThat(verdict).isEqualTo(unscorable("did not end within 2000 ms"));
        for (String pid : Files.readString(pids).strip().split(" ", -1)) {
            awaitDeath(Long.parseLong(pid));
        }
    }

    @Test
    void aProgramThatNeverReadsItsQuestionBlocksNobody() {
        String large = "x".repeat(1_000_000);
        assertThat(Verdicts.ofStopped(shell("echo 1", GENEROUS), "42", large)).isEqualTo(Verdicts.reward(1));
        assertThat(Verdicts.ofStopped(shell("sleep 600", SHORT), "42", large))
                .isEqualTo(unscorable("did not end within 300 ms"));
    }

    @Test
    void aGrandchildThatKeepsTheOutputOpenDelaysNothing() throws IOException {
        Path pid = directory.resolve("pid");
        assertThat(verdict("sleep 600 & echo $! > " + pid + "; echo 1")).isEqualTo(Verdicts.reward(1));
        ProcessHandle.of(Long.parseLong(Files.readString(pid).strip())).ifPresent(ProcessHandle::destroyForcibly);
    }

    @Test
    void anInterruptKillsTheProcessAndIsPassedOn() throws Exception {
        Path pid = directory.resolve("pid");
        CompletableFuture<Verdict> verdict = new CompletableFuture<>();
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        Thread caller = new Thread(() -> {
            verdict.complete(verdict("echo $$ > " + pid + ".new; mv " + pid + ".new " + pid + "; exec sleep 600"));
            interrupted.complete(Thread.currentThread().isInterrupted());
        });
        caller.start();
        awaitFile(pid);
        caller.interrupt();
        assertThat(verdict.get(30, TimeUnit.SECONDS)).isEqualTo(unscorable("was interrupted"));
        assertThat(interrupted.get(30, TimeUnit.SECONDS)).isTrue();
        awaitDeath(Long.parseLong(Files.readString(pid).strip()));
    }

    @Test
    void manyThreadsMayVerifyAtOnce() {
        ProcessVerifier verifier = shell("cat > /dev/null; echo 0.5", GENEROUS);
        assertThat(IntStream.range(0, 16).parallel().mapToObj(i -> Verdicts.ofStopped(verifier, "42", "" + i)))
                .allMatch(Verdicts.reward(0.5)::equals);
    }

    @Test
    void refusesACommandWithoutAProgramAndADeadlineOutOfRange() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ProcessVerifier(List.of(), GENEROUS))
                .withMessage("a verifier's command must name a program, was []");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ProcessVerifier(List.of("sh"), Duration.ZERO))
                .withMessage("a verifier's deadline must be longer than 0 and at most PT1H, was PT0S");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ProcessVerifier(List.of("sh"), Duration.ofHours(2)))
                .withMessage("a verifier's deadline must be longer than 0 and at most PT1H, was PT2H");
    }

    private static Verdict verdict(String script) {
        return Verdicts.ofStopped(shell(script, GENEROUS), "42", "42");
    }

    private static ProcessVerifier shell(String script, Duration deadline) {
        return new ProcessVerifier(List.of("sh", "-c", script), deadline);
    }

    private static Verdict unscorable(String trouble) {
        return new Verdict.Unscorable("verifier sh " + trouble);
    }

    private static void awaitDeath(long pid) throws Exception {
        var handle = ProcessHandle.of(pid);
        if (handle.isPresent()) {
            handle.get().onExit().get(30, TimeUnit.SECONDS);
        }
    }

    private static void awaitFile(Path file) {
        long deadline = System.nanoTime() + GENEROUS.toNanos();
        while (!Files.exists(file)) {
            assertThat(System.nanoTime()).as("no " + file).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }
}
