package dev.freshet.model.dataset;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.model.task.JsonFields;
import java.util.ArrayList;
import java.util.List;

/**
 * How a conversation becomes text, for models that have no template of their own.
 *
 * @param turn text of one message; {@value #ROLE} and {@value #CONTENT} stand for its role and content
 * @param reply what stands between the conversation and the assistant's answer
 */
public record ConversationTemplate(String turn, String reply) {
    static final String ROLE = "{role}";
    static final String CONTENT = "{content}";

    private static final String ASSISTANT = "assistant";

    public ConversationTemplate {
        if (!turn.contains(CONTENT)) {
            throw new IllegalArgumentException(
                    "turn must hold " + CONTENT + ", was \"" + turn + "\" (freshet.dataset.conversation.turn)");
        }
    }

    /** One message. */
    record Message(String role, String content) {
        /** @throws IllegalArgumentException if it is none */
        static Message of(JsonNode node) {
            if (!node.isObject()) {
                throw new IllegalArgumentException("a message must be an object, was " + JsonFields.kind(node));
            }
            return new Message(JsonFields.text(node, "role"), JsonFields.text(node, "content"));
        }
    }

    /**
     * The messages of a field.
     *
     * @throws IllegalArgumentException if it has none, or something else
     */
    static List<Message> messages(JsonNode object, String field) {
        JsonNode value = JsonFields.require(object, field);
        if (!value.isArray() || value.isEmpty()) {
            throw new IllegalArgumentException("field \"" + field + "\" must be a list of messages, was "
                    + (value.isArray() ? "empty" : JsonFields.kind(value)));
        }
        List<Message> messages = new ArrayList<>();
        value.forEach(node -> messages.add(Message.of(node)));
        return messages;
    }

    /** The text that a policy answers. */
    String prompt(List<Message> messages) {
        StringBuilder text = new StringBuilder();
        for (Message message : messages) {
            text.append(turn.replace(ROLE, message.role()).replace(CONTENT, message.content()));
        }
        return text.append(reply).toString();
    }

    /**
     * The answer that a list of messages ends with.
     *
     * @throws IllegalArgumentException if it ends with another's message
     */
    static String answer(List<Message> messages, String field) {
        Message last = messages.get(messages.size() - 1);
        if (!last.role().equals(ASSISTANT)) {
            throw new IllegalArgumentException("the last message of field \"" + field
                    + "\" must be the assistant's, was of \"" + last.role() + "\"");
        }
        return last.content();
    }
}
