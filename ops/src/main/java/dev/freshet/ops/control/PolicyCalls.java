package dev.freshet.ops.control;

import dev.freshet.proto.v1.EvaluateRequest;
import dev.freshet.proto.v1.EvaluateResponse;
import dev.freshet.proto.v1.PassAtK;
import dev.freshet.proto.v1.SampleRequest;
import dev.freshet.proto.v1.SampleResponse;
import dev.freshet.proto.v1.SampledCompletion;
import dev.freshet.streams.EvaluationMeasures;
import dev.freshet.streams.PipelineEvent.EvaluationCompleted;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The calls that look at the policy itself. */
final class PolicyCalls {
    private final RunView view;
    private final Duration callTimeout;
    private final Duration evaluateTimeout;
    private final Answers answers;
    private final Answers evaluations;

    PolicyCalls(RunView view, Duration callTimeout, Duration evaluateTimeout) {
        this.view = view;
        this.callTimeout = callTimeout;
        this.evaluateTimeout = evaluateTimeout;
        this.answers = new Answers(callTimeout.multipliedBy(2), "twice " + ControlSettings.CALL_TIMEOUT);
        this.evaluations = new Answers(
                evaluateTimeout.plus(callTimeout),
                ControlSettings.EVALUATE_TIMEOUT + " and " + ControlSettings.CALL_TIMEOUT);
    }

    void sample(SampleRequest request, StreamObserver<SampleResponse> observer) {
        PolicySample.Order order = new PolicySample.Order(
                request.getPrompt(),
                request.hasN() ? Integer.toUnsignedLong(request.getN()) : 1,
                request.hasTemperature() ? OptionalDouble.of(request.getTemperature()) : OptionalDouble.empty());
        CompletableFuture<PolicySample> sample = view.sample(order);
        onCancel(observer, sample);
        answers.send(
                observer,
                () -> sample.orTimeout(callTimeout.toMillis(), TimeUnit.MILLISECONDS)
                        .exceptionally(this::notSampled),
                PolicyCalls::toMessage);
    }

    /** Who is gone, or has waited too long, gives the measurement up. */
    void evaluate(EvaluateRequest request, StreamObserver<EvaluateResponse> observer) {
        CompletableFuture<EvaluationCompleted> evaluation = view.evaluate(request.getSuite());
        onCancel(observer, evaluation);
        CompletableFuture<EvaluationCompleted> inTime =
                evaluation.orTimeout(evaluateTimeout.toMillis(), TimeUnit.MILLISECONDS);
        evaluations.send(observer, () -> inTime.exceptionally(this::explained), PolicyCalls::toMessage);
    }

    private static void onCancel(StreamObserver<?> observer, CompletableFuture<?> work) {
        ((ServerCallStreamObserver<?>) observer).setOnCancelHandler(() -> work.cancel(true));
    }

    private PolicySample notSampled(Throwable failure) {
        if (failure instanceof TimeoutException) {
            throw new CompletionException(new TimeoutException("the completions must be sampled within "
                    + callTimeout.toSeconds() + " s, were not, and were given up: ask for fewer, or raise "
                    + ControlSettings.CALL_TIMEOUT));
        }
        throw new CompletionException(failure);
    }

    private EvaluationCompleted explained(Throwable failure) {
        // One of its own says why.
        if (failure instanceof TimeoutException && failure.getMessage() == null) {
            throw new CompletionException(new TimeoutException("the evaluation must end within "
                    + evaluateTimeout.toSeconds()
                    + " s, did not, and was given up: raise " + ControlSettings.EVALUATE_TIMEOUT
                    + ", or measure fewer prompts"
                    + " or samples (freshet.evaluation.prompts, freshet.evaluation.samples)"));
        }
        throw new CompletionException(failure);
    }

    private static SampleResponse toMessage(PolicySample sample) {
        SampleResponse.Builder message =
                SampleResponse.newBuilder().setPolicyVersion(sample.version().number());
        sample.completions()
                .forEach(completion -> message.addCompletions(SampledCompletion.newBuilder()
                        .setText(completion.text())
                        .setFinishReason(completion.finishReason().name().toLowerCase(Locale.ROOT))
                        .setLogProb(completion.logProb())
                        .setTokens(completion.tokens())));
        return message.build();
    }

    private static void add(EvaluationMeasures measures, EvaluateResponse.Builder message) {
        message.setEntropy(measures.entropy())
                .putAllDistinctNgrams(measures.distinctNgrams())
                .setSelfBleu(measures.selfBleu())
                .putAllDivergences(measures.divergences())
                .putAllUnverified(measures.unverified());
        if (!Double.isNaN(measures.changeSinceStart())) {
            message.setPassAt1Change(measures.changeSinceStart());
        }
    }

    private static EvaluateResponse toMessage(EvaluationCompleted event) {
        EvaluateResponse.Builder message = EvaluateResponse.newBuilder()
                .setSuite(event.suite())
                .setPolicyVersion(event.version().number())
                .setPrompts(event.prompts())
                .setSamplesPerPrompt(event.samples())
                .setMeanReward(event.meanReward())
                .setDistinctCorrect(event.distinctCorrect());
        add(event.measures(), message);
        new TreeMap<>(event.passAtK())
                .forEach((k, value) ->
                        message.addPassAtK(PassAtK.newBuilder().setK(k).setValue(value)));
        return message.build();
    }
}
