package dev.freshet.model.task;

import com.typesafe.config.Config;
import dev.freshet.model.task.NumberVerifier.Unfinished;
import java.time.Duration;
import java.util.List;

/**
 * What {@code freshet.task.jsonl.verifier} says.
 *
 * @param unfinished for numbers: what becomes of answers cut off at their maximum length
 * @param command for a process: the program and its arguments
 * @param deadline for a process: it is killed when it has run for so long
 */
public record VerifierSettings(Kind kind, Unfinished unfinished, List<String> command, Duration deadline) {
    /** Who judges answers. */
    public enum Kind {
        /** {@link NumberVerifier}. */
        NUMBER,
        /** {@link ExactVerifier}. */
        EXACT,
        /** {@link ProcessVerifier}. */
        PROCESS
    }

    private static final String KEY = "freshet.task.jsonl.verifier.";

    public VerifierSettings {
        command = List.copyOf(command);
        if (kind == Kind.PROCESS && (command.isEmpty() || command.get(0).isBlank())) {
            throw new IllegalArgumentException("command must name a program for a verifier of kind process, was "
                    + command + " (" + KEY + "command)");
        }
        if (deadline.isNegative() || deadline.isZero() || deadline.compareTo(ProcessVerifier.LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "deadline must be longer than 0 and at most " + ProcessVerifier.LONGEST.toHours() + " h, was "
                            + deadline.toMillis() + " ms (" + KEY + "deadline)");
        }
    }

    static VerifierSettings from(Config verifier) {
        return new VerifierSettings(
                SettingRules.requireOneOf(Kind.class, "kind", verifier.getString("kind"), KEY + "kind"),
                SettingRules.requireOneOf(
                        Unfinished.class, "unfinished", verifier.getString("unfinished"), KEY + "unfinished"),
                verifier.getStringList("command"),
                verifier.getDuration("deadline"));
    }

    AnswerVerifier verifier() {
        return switch (kind) {
            case NUMBER -> new NumberVerifier(unfinished);
            case EXACT -> new ExactVerifier();
            case PROCESS -> new ProcessVerifier(command, deadline);
        };
    }
}
