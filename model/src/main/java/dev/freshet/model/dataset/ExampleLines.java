package dev.freshet.model.dataset;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.model.dataset.ConversationTemplate.Message;
import dev.freshet.model.dataset.TextExample.Demonstration;
import dev.freshet.model.dataset.TextExample.ForgetAndRetain;
import dev.freshet.model.dataset.TextExample.ForgetPair;
import dev.freshet.model.dataset.TextExample.Preference;
import dev.freshet.model.task.JsonFields;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads an example from the object of its line, in the layouts that TRL documents; which one it is, its fields tell. Other fields are
 * passed over.
 *
 * <pre>
 *   demonstration, forget pair   {"prompt": TEXT, "completion": TEXT}    {"prompt": [MESSAGE...], "completion": [MESSAGE]}
 *                                {"messages": [MESSAGE...]}              the last one is the completion, those before it the prompt
 *   forget and retain            the same with "retain_prompt": TEXT, "retain_completion": TEXT
 *   preference                   {"prompt": TEXT, "chosen": TEXT, "rejected": TEXT}
 *                                {"prompt": [MESSAGE...], "chosen": [MESSAGE], "rejected": [MESSAGE]}
 *                                {"chosen": [MESSAGE...], "rejected": [MESSAGE...]}    what both begin with is the prompt
 *   MESSAGE                      {"role": TEXT, "content": TEXT}
 * </pre>
 *
 * @param template what becomes of messages
 */
record ExampleLines(ExampleKind kind, ConversationTemplate template) {
    private static final String PROMPT = "prompt";
    private static final String COMPLETION = "completion";
    private static final String MESSAGES = "messages";
    private static final String CHOSEN = "chosen";
    private static final String REJECTED = "rejected";
    private static final String RETAIN_PROMPT = "retain_prompt";
    private static final String RETAIN_COMPLETION = "retain_completion";

    /** @throws IllegalArgumentException saying which field is not what it must be */
    TextExample read(JsonNode line) {
        return switch (kind) {
            case DEMONSTRATION -> demonstration(line);
            case PREFERENCE -> preference(line);
            case FORGET_PAIR -> forgetPair(line);
            case FORGET_AND_RETAIN ->
                new ForgetAndRetain(
                        forgetPair(line),
                        new Demonstration(
                                JsonFields.text(line, RETAIN_PROMPT), JsonFields.text(line, RETAIN_COMPLETION)));
        };
    }

    private ForgetPair forgetPair(JsonNode line) {
        Demonstration said = demonstration(line);
        return new ForgetPair(said.prompt(), said.completion());
    }

    private Demonstration demonstration(JsonNode line) {
        if (line.has(MESSAGES)) {
            List<Message> messages = ConversationTemplate.messages(line, MESSAGES);
            String answer = ConversationTemplate.answer(messages, MESSAGES);
            return new Demonstration(prompt(messages.subList(0, messages.size() - 1), MESSAGES), answer);
        }
        return new Demonstration(prompt(line), completion(line, COMPLETION));
    }

    private Preference preference(JsonNode line) {
        if (line.has(PROMPT) || !JsonFields.require(line, CHOSEN).isArray()) {
            return new Preference(prompt(line), completion(line, CHOSEN), completion(line, REJECTED));
        }
        List<Message> chosen = ConversationTemplate.messages(line, CHOSEN);
        List<Message> rejected = ConversationTemplate.messages(line, REJECTED);
        List<Message> common = commonBeginning(chosen, rejected);
        return new Preference(
                prompt(common, CHOSEN),
                onlyAnswer(chosen.subList(common.size(), chosen.size()), CHOSEN),
                onlyAnswer(rejected.subList(common.size(), rejected.size()), REJECTED));
    }

    private String prompt(JsonNode line) {
        return JsonFields.require(line, PROMPT).isArray()
                ? template.prompt(ConversationTemplate.messages(line, PROMPT))
                : JsonFields.text(line, PROMPT);
    }

    private String prompt(List<Message> messages, String field) {
        if (messages.isEmpty()) {
            throw new IllegalArgumentException(
                    "field \"" + field + "\" must begin with a message to answer, had the answer alone");
        }
        return template.prompt(messages);
    }

    private static String completion(JsonNode line, String field) {
        return JsonFields.require(line, field).isArray()
                ? onlyAnswer(ConversationTemplate.messages(line, field), field)
                : JsonFields.text(line, field);
    }

    private static String onlyAnswer(List<Message> messages, String field) {
        if (messages.size() != 1) {
            throw new IllegalArgumentException(
                    "field \"" + field + "\" must have one message behind the prompt, had " + messages.size());
        }
        return ConversationTemplate.answer(messages, field);
    }

    private static List<Message> commonBeginning(List<Message> some, List<Message> others) {
        List<Message> common = new ArrayList<>();
        while (common.size() < Math.min(some.size(), others.size())
                && some.get(common.size()).equals(others.get(common.size()))) {
            common.add(some.get(common.size()));
        }
        return common;
    }
}
