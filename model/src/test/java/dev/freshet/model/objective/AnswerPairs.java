package dev.freshet.model.objective;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answers to be forgotten and templates for the same prompts, token by token, and what a method makes of them.
 *
 * @param forget log-probs of each answer's tokens
 * @param template likewise
 */
record AnswerPairs(
        List<List<Double>> forget,
        List<List<Double>> template,
        @Nullable List<List<Double>> forgetReference,
        @Nullable List<List<Double>> templateReference) {

    /** Without a reference. */
    static AnswerPairs of(List<List<Double>> forget, List<List<Double>> template) {
        return new AnswerPairs(forget, template, null, null);
    }

    AnswerPairs withReference(List<List<Double>> ofForget, List<List<Double>> ofTemplate) {
        return new AnswerPairs(forget, template, ofForget, ofTemplate);
    }

    /** With one log-prob of an answer to be forgotten moved. */
    AnswerPairs forgetMoved(int example, int token, double step) {
        return new AnswerPairs(moved(forget, example, token, step), template, forgetReference, templateReference);
    }

    AnswerPairs templateMoved(int example, int token, double step) {
        return new AnswerPairs(forget, moved(template, example, token, step), forgetReference, templateReference);
    }

    private static List<List<Double>> moved(List<List<Double>> answers, int example, int token, double step) {
        List<List<Double>> moved = new ArrayList<>(answers);
        List<Double> answer = new ArrayList<>(answers.get(example));
        answer.set(token, answer.get(token) + step);
        moved.set(example, answer);
        return moved;
    }

    /**
     * @param forgetGradient of the mean over examples, at the answers' log-probs, one answer behind the other
     * @param templateGradient likewise; zeros if the method does not read them
     */
    record Outcome(List<Double> perExample, double mean, List<Double> forgetGradient, List<Double> templateGradient) {}

    Outcome under(UnlearningLoss loss) {
        return under(loss, DataType.FLOAT64);
    }

    Outcome under(UnlearningLoss loss, DataType type) {
        try (NDManager manager = NDManager.newBaseManager()) {
            JniUtils.setGraphExecutorOptimize(false);
            JniUtils.setNumThreads(1);
            JniUtils.setGradMode(true);
            NDArray ofForget = leaf(forget, type, manager);
            NDArray ofTemplate = leaf(template, type, manager);
            NDArray perExample = loss.perExample(
                    scores(ofForget, forget, forgetReference), scores(ofTemplate, template, templateReference));
            // Both gradients are there, whatever the method reads.
            NDArray nothing = ofForget.sum().add(ofTemplate.sum());
            NDArray mean = perExample.mean().add(nothing.sub(nothing));
            JniUtils.backward((PtNDArray) mean, (PtNDArray) mean.onesLike(), false, false);
            return new Outcome(
                    doubles(perExample),
                    doubles(perExample.mean()).get(0),
                    doubles(ofForget.getGradient()),
                    doubles(ofTemplate.getGradient()));
        }
    }

    private static NDArray leaf(List<List<Double>> answers, DataType type, NDManager manager) {
        NDArray logProbs = array(answers, type, manager);
        logProbs.setRequiresGradient(true);
        return logProbs;
    }

    private static AnswerScores scores(
            NDArray logProbs, List<List<Double>> answers, @Nullable List<List<Double>> reference) {
        NDManager manager = logProbs.getManager();
        return AnswerScores.of(
                logProbs,
                reference == null ? null : array(reference, logProbs.getDataType(), manager),
                Segments.of(answers.stream().mapToInt(List::size).toArray(), manager),
                perSequence -> perSequence);
    }

    private static NDArray array(List<List<Double>> answers, DataType type, NDManager manager) {
        double[] values = answers.stream()
                .flatMap(List::stream)
                .mapToDouble(Double::doubleValue)
                .toArray();
        return manager.create(values).toType(type, false);
    }

    private static List<Double> doubles(NDArray array) {
        return Arrays.stream(array.toType(DataType.FLOAT64, false).toDoubleArray())
                .boxed()
                .toList();
    }
}
