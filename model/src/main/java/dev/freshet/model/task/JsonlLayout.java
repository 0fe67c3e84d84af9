package dev.freshet.model.task;

import com.fasterxml.jackson.databind.JsonNode;

/** How a problem is written on a line of a file. */
public enum JsonlLayout {
    /** {@code question}, and a worked {@code answer} that ends in {@code #### 42}. */
    GSM8K("Question: {prompt}\nAnswer: ") {
        @Override
        JsonlProblem problem(JsonNode line) {
            String answer = JsonFields.text(line, "answer");
            int mark = answer.lastIndexOf(MARK);
            if (mark < 0) {
                throw new IllegalArgumentException("field \"answer\" must end in " + MARK + " and a number");
            }
            String groundTruth = answer.substring(mark + MARK.length()).strip();
            if (groundTruth.isEmpty()) {
                throw new IllegalArgumentException("field \"answer\" must have a number after " + MARK);
            }
            return new JsonlProblem(JsonFields.text(line, "question"), groundTruth, answer);
        }
    },
    /** {@code prompt} and {@code ground_truth}, which is also the answer to imitate. */
    PROMPT("{prompt}") {
        @Override
        JsonlProblem problem(JsonNode line) {
            String groundTruth = JsonFields.textOrNumber(line, "ground_truth");
            return new JsonlProblem(JsonFields.text(line, "prompt"), groundTruth, groundTruth);
        }
    };

    private static final String MARK = "####";

    private final String template;

    JsonlLayout(String template) {
        this.template = template;
    }

    /** The template in which problems of this layout are put unless another is set. */
    String template() {
        return template;
    }

    /** Reads one line, or refuses it with an {@link IllegalArgumentException}. */
    abstract JsonlProblem problem(JsonNode line);
}
