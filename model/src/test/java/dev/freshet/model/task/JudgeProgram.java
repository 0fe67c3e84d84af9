package dev.freshet.model.task;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;

/** A foreign verifier for tests: half a reward for each of prompt and ground truth that the answer repeats. */
final class JudgeProgram {
    private JudgeProgram() {}

    public static void main(String[] arguments) throws IOException {
        JsonNode question = JsonMapper.builder().build().readTree(System.in);
        String answer = question.get("answer").asText();
        double reward = 0;
        reward += answer.contains(question.get("prompt").asText()) ? 0.5 : 0;
        reward += answer.contains(question.get("ground_truth").asText()) ? 0.5 : 0;
        System.out.println(question.get("finish_reason").asText().equals("stop") ? reward : -reward);
    }
}
