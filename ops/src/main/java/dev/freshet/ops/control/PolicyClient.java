package dev.freshet.ops.control;

import dev.freshet.model.rollout.FinishReason;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.proto.v1.EvaluateRequest;
import dev.freshet.proto.v1.EvaluateResponse;
import dev.freshet.proto.v1.PassAtK;
import dev.freshet.proto.v1.SampleRequest;
import dev.freshet.proto.v1.SampleResponse;
import dev.freshet.proto.v1.SampledCompletion;
import dev.freshet.streams.EvaluationMeasures;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/** Calls what looks at the policy itself. Every method throws {@link ControlException} if it gets no answer. */
public final class PolicyClient {
    private final ControlClient client;

    public PolicyClient(ControlClient client) {
        this.client = client;
    }

    /** @throws IllegalArgumentException if more completions are asked for than a message can say */
    public PolicySample sample(PolicySample.Order order) {
        SampleRequest.Builder request =
                SampleRequest.newBuilder().setPrompt(order.prompt()).setN(Math.toIntExact(order.completions()));
        order.temperature().ifPresent(request::setTemperature);
        SampleResponse response = client.call(stub -> stub.sample(request.build()));
        return new PolicySample(
                new PolicyVersion(response.getPolicyVersion()),
                response.getCompletionsList().stream()
                        .map(PolicyClient::completion)
                        .toList());
    }

    /** Waits for as long as the run lets an evaluation take. */
    public Measured evaluate(String suite) {
        EvaluateRequest request = EvaluateRequest.newBuilder().setSuite(suite).build();
        EvaluateResponse response = client.call(stub -> stub.evaluate(request));
        SortedMap<Integer, Double> passAtK = new TreeMap<>();
        for (PassAtK pass : response.getPassAtKList()) {
            passAtK.put(pass.getK(), pass.getValue());
        }
        return new Measured(
                response.getSuite(),
                new PolicyVersion(response.getPolicyVersion()),
                response.getPrompts(),
                response.getSamplesPerPrompt(),
                passAtK,
                response.getMeanReward(),
                response.getDistinctCorrect(),
                measures(response));
    }

    private static EvaluationMeasures measures(EvaluateResponse response) {
        return new EvaluationMeasures(
                response.getUnverifiedMap(),
                response.getEntropy(),
                response.getDistinctNgramsMap(),
                response.getSelfBleu(),
                response.getDivergencesMap(),
                response.hasPassAt1Change() ? response.getPassAt1Change() : Double.NaN);
    }

    private static PolicySample.Completion completion(SampledCompletion message) {
        return new PolicySample.Completion(
                message.getText(),
                FinishReason.valueOf(message.getFinishReason().toUpperCase(Locale.ROOT)),
                message.getLogProb(),
                message.getTokens());
    }

    /** @param passAtK unbiased pass@k by k */
    public record Measured(
            String suite,
            PolicyVersion version,
            int prompts,
            int samples,
            SortedMap<Integer, Double> passAtK,
            double meanReward,
            double distinctCorrect,
            EvaluationMeasures measures) {}
}
