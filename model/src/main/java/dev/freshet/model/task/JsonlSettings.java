package dev.freshet.model.task;

import com.typesafe.config.Config;
import java.util.List;

/**
 * What {@code freshet.task.jsonl} says.
 *
 * @param file the problems; empty for the shipped example
 * @param heldOutFile problems to hold out; empty to hold out a share of {@code file}
 * @param template text around a question, which stands for <code>{prompt}</code>; empty for the layout's own
 * @param tokenizer {@code bytes}, {@code arithmetic}, or the path of a {@code tokenizer.json}
 * @param stopTokens for a {@code tokenizer.json}: tokens that end a completion, the preferred one first
 * @param heldOutShare share of the problems to hold out, 0 to 1
 * @param maxPromptTokens a longer prompt is refused, at least 1 token
 */
public record JsonlSettings(
        String file,
        String heldOutFile,
        JsonlLayout layout,
        String template,
        String tokenizer,
        List<String> stopTokens,
        double heldOutShare,
        int maxPromptTokens,
        Demonstrated demonstrations,
        VerifierSettings verifier) {
    /** What the supervised warm-up imitates. */
    public enum Demonstrated {
        /** Nothing: the run starts from a trained model. */
        NONE,
        /** The answers in the file. */
        ANSWERS
    }

    /** The word in a template that the question takes the place of. */
    static final String QUESTION = "{prompt}";

    private static final String KEY = "freshet.task.jsonl.";

    public JsonlSettings {
        stopTokens = List.copyOf(stopTokens);
        if (!template.isEmpty() && !template.contains(QUESTION)) {
            throw new IllegalArgumentException(
                    "template must hold " + QUESTION + ", was \"" + template + "\" (" + KEY + "template)");
        }
        if (tokenizer.isBlank()) {
            throw new IllegalArgumentException("tokenizer must be bytes, arithmetic or the path of a tokenizer.json,"
                    + " was blank (" + KEY + "tokenizer)");
        }
        SettingRules.requireShare("held-out-share", heldOutShare, KEY + "held-out-share");
        if (maxPromptTokens < 1) {
            throw new IllegalArgumentException(
                    "max-prompt-tokens must be at least 1, was " + maxPromptTokens + " (" + KEY + "max-prompt-tokens)");
        }
    }

    public static JsonlSettings from(Config config) {
        Config jsonl = config.getConfig("freshet.task.jsonl");
        return new JsonlSettings(
                jsonl.getString("file"),
                jsonl.getString("held-out-file"),
                SettingRules.requireOneOf(JsonlLayout.class, "layout", jsonl.getString("layout"), KEY + "layout"),
                jsonl.getString("template"),
                jsonl.getString("tokenizer"),
                jsonl.getStringList("stop-tokens"),
                jsonl.getDouble("held-out-share"),
                jsonl.getInt("max-prompt-tokens"),
                SettingRules.requireOneOf(
                        Demonstrated.class,
                        "demonstrations",
                        jsonl.getString("demonstrations"),
                        KEY + "demonstrations"),
                VerifierSettings.from(jsonl.getConfig("verifier")));
    }

    /** The text that a policy reads for a question. */
    String prompted(String question) {
        return (template.isEmpty() ? layout.template() : template).replace(QUESTION, question);
    }
}
