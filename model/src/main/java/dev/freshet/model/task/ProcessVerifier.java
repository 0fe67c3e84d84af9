package dev.freshet.model.task;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.freshet.model.rollout.Prompt;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Has a foreign program judge answers, each in a process of its own, so that a crash, a hang or a leak of the program stays
 * there. The program reads one JSON object, {@code {"prompt", "answer", "ground_truth", "finish_reason"}}, from its standard
 * input, writes one number, the reward, to its standard output and exits with status 0. Anything else is
 * {@link Verdict.Unscorable} with a reason, never a reward of 0.
 *
 * @param command the program and its arguments; no shell takes part unless it is named
 * @param deadline the process and its children are killed when they have run for so long
 */
public record ProcessVerifier(List<String> command, Duration deadline) implements AnswerVerifier {
    private static final ObjectMapper JSON = JsonMapper.builder().build();
    private static final Pattern NUMBER =
            Pattern.compile("[-+]?(?:\\d{1,300}(?:\\.\\d{0,300})?|\\.\\d{1,300})(?:[eE][-+]?\\d{1,4})?");

    static final Duration LONGEST = Duration.ofHours(1);

    /** How often the output is looked at while the process runs; its end is noticed at once. */
    private static final Duration GLANCE = Duration.ofMillis(20);

    public ProcessVerifier {
        command = List.copyOf(command);
        if (command.isEmpty() || command.get(0).isBlank()) {
            throw new IllegalArgumentException("a verifier's command must name a program, was " + command);
        }
        if (deadline.isNegative() || deadline.isZero() || deadline.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "a verifier's deadline must be longer than 0 and at most " + LONGEST + ", was " + deadline);
        }
    }

    @Override
    public String name() {
        return "process";
    }

    @Override
    public Verdict verify(Prompt prompt, Answer answer) {
        try {
            // A file, not a pipe: a program that never reads its input cannot block us.
            Path question = Files.createTempFile("freshet-verify-", ".json");
            try {
                Files.writeString(question, question(prompt, answer));
                return run(question);
            } finally {
                Files.deleteIfExists(question);
            }
        } catch (IOException e) {
            return unscorable("could not be run: " + e.getMessage());
        }
    }

    private static String question(Prompt prompt, Answer answer) throws JsonProcessingException {
        return JSON.writeValueAsString(new TreeMap<>(Map.of(
                "prompt", prompt.text(),
                "answer", answer.text(),
                "ground_truth", prompt.groundTruth(),
                "finish_reason", answer.finishReason().name().toLowerCase(Locale.ROOT))));
    }

    private Verdict run(Path question) throws IOException {
        Process process =
                new ProcessBuilder(command).redirectInput(question.toFile()).start();
        // Both pipes are read only as far as they are filled, so no thread waits for a grandchild that holds one open.
        try (InputStream stdout = process.getInputStream();
                InputStream stderr = process.getErrorStream()) {
            return await(process, new CapturedOutput(stdout), new CapturedOutput(stderr));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return unscorable("was interrupted");
        } finally {
            kill(process);
        }
    }

    private Verdict await(Process process, CapturedOutput output, CapturedOutput errors)
            throws IOException, InterruptedException {
        long end = System.nanoTime() + deadline.toNanos();
        boolean exited = false;
        while (!exited) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                return unscorable("did not end within " + deadline.toMillis() + " ms" + errors.lastWords());
            }
            exited = process.waitFor(Math.min(left, GLANCE.toNanos()), TimeUnit.NANOSECONDS);
            output.readWhatIsThere();
            errors.readWhatIsThere();
            if (output.isTooLong()) {
                return unscorable("wrote more than " + CapturedOutput.LIMIT + " bytes instead of a number");
            }
        }
        int status = process.exitValue();
        if (status != 0) {
            return unscorable("exited with status " + status + errors.lastWords());
        }
        return reward(output);
    }

    private Verdict reward(CapturedOutput output) {
        String text = output.text();
        double reward = NUMBER.matcher(text).matches() ? Double.parseDouble(text) : Double.NaN;
        if (!Double.isFinite(reward)) {
            return unscorable("wrote " + output.firstWords() + " instead of a finite number");
        }
        return new Verdict.Reward(reward);
    }

    private static void kill(Process process) {
        if (!process.isAlive()) {
            return;
        }
        // Orphans are no longer found as descendants, so they are listed first.
        List<ProcessHandle> descendants = process.descendants().toList();
        process.destroyForcibly();
        descendants.forEach(ProcessHandle::destroyForcibly);
    }

    private Verdict unscorable(String trouble) {
        return new Verdict.Unscorable("verifier " + command.get(0) + " " + trouble);
    }
}
