package dev.freshet.model.objective;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.freshet.model.dataset.AdmittedExample;
import dev.freshet.model.dataset.ExampleKind;
import dev.freshet.model.dataset.ExampleSequence;
import dev.freshet.model.dataset.ScoredExample;
import dev.freshet.model.dataset.TokenisedExample;
import dev.freshet.model.rollout.LogProbs;
import dev.freshet.model.rollout.Tokens;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A mini-batch of examples by the log-probs of their tokens, and what an objective makes of it in either precision.
 *
 * @param logProbs of each sequence, those of an example next to each other
 * @param reference likewise; null without
 */
record Examplewise(
        ExampleKind kind,
        List<List<Double>> logProbs,
        @Nullable List<List<Double>> reference,
        double constant) {
    /** What an objective says, with the loss's gradient at the log-probs, sequence after sequence. */
    record Outcome(double loss, List<Double> gradient, Map<String, Double> measures) {}

    static Examplewise of(ExampleKind kind, List<List<Double>> logProbs, List<List<Double>> reference) {
        return new Examplewise(kind, logProbs, reference, 0);
    }

    /** Sequences of one token each. */
    static Examplewise ofNumbers(ExampleKind kind, List<Double> logProbs, List<Double> reference) {
        return of(
                kind,
                logProbs.stream().map(List::of).toList(),
                reference.stream().map(List::of).toList());
    }

    Examplewise withConstant(double other) {
        return new Examplewise(kind, logProbs, reference, other);
    }

    Examplewise withoutReference() {
        return new Examplewise(kind, logProbs, null, constant);
    }

    /** The same with one token's log-prob moved; tokens are counted over all sequences. */
    Examplewise moved(int token, double step) {
        List<List<Double>> moved = new ArrayList<>();
        int next = 0;
        for (List<Double> sequence : logProbs) {
            List<Double> copy = new ArrayList<>(sequence);
            if (token >= next && token < next + copy.size()) {
                copy.set(token - next, copy.get(token - next) + step);
            }
            next += copy.size();
            moved.add(copy);
        }
        return new Examplewise(kind, moved, reference, constant);
    }

    List<TokenisedExample> examples() {
        List<TokenisedExample> examples = new ArrayList<>();
        int each = kind.sequences();
        for (int first = 0; first < logProbs.size(); first += each) {
            List<ExampleSequence> sequences = logProbs.subList(first, first + each).stream()
                    .map(sequence -> new ExampleSequence(Tokens.of(1), Tokens.of(new int[sequence.size()])))
                    .toList();
            int id = first / each;
            examples.add(new TokenisedExample(new AdmittedExample(id, 0, id), kind, sequences));
        }
        return examples;
    }

    /** Each with its part of the reference. */
    List<ScoredExample> scored() {
        List<ScoredExample> scored = new ArrayList<>();
        List<List<LogProbs>> parts = byExample(reference == null ? List.of() : reference);
        List<TokenisedExample> examples = examples();
        for (int i = 0; i < examples.size(); i++) {
            scored.add(new ScoredExample(examples.get(i), parts.get(i)));
        }
        return scored;
    }

    /** The log-probs of each example's sequences. */
    List<List<LogProbs>> policy() {
        return byExample(logProbs);
    }

    private List<List<LogProbs>> byExample(List<List<Double>> sequences) {
        List<List<LogProbs>> parts = new ArrayList<>();
        for (int first = 0; first < sequences.size(); first += kind.sequences()) {
            parts.add(sequences.subList(first, first + kind.sequences()).stream()
                    .map(Examplewise::logProbs)
                    .toList());
        }
        return parts;
    }

    private static LogProbs logProbs(List<Double> sequence) {
        float[] values = new float[sequence.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = sequence.get(i).floatValue();
        }
        return LogProbs.of(values);
    }

    Outcome under(DatasetObjective objective) {
        return under(objective, DataType.FLOAT64);
    }

    Outcome under(DatasetObjective objective, DataType type) {
        try (NDManager manager = manager()) {
            NDArray current = array(manager, logProbs, type);
            current.setRequiresGradient(true);
            List<TokenisedExample> examples = examples();
            ExampleTokens batch = new ExampleTokens(
                    examples,
                    Segments.of(logProbs.stream().mapToInt(List::size).toArray(), manager),
                    reference == null ? null : array(manager, reference, type),
                    manager.create(objective.exampleWeights(examples)).toType(type, false),
                    constant);
            DatasetLoss loss = objective.loss(batch, new ExampleScores(current, current.zerosLike(), null));
            JniUtils.backward((PtNDArray) loss.loss(), (PtNDArray) loss.loss().onesLike(), false, false);
            Map<String, Double> measures = new LinkedHashMap<>();
            loss.measures().forEach((name, measure) -> measures.put(name, scalar(measure.sum()) / measure.count()));
            double[] gradient =
                    current.getGradient().toType(DataType.FLOAT64, false).toDoubleArray();
            return new Outcome(
                    scalar(loss.loss()), Arrays.stream(gradient).boxed().toList(), measures);
        }
    }

    /** A manager on a thread that builds autograd graphs. */
    static NDManager manager() {
        NDManager manager = NDManager.newBaseManager();
        JniUtils.setGraphExecutorOptimize(false);
        JniUtils.setNumThreads(1);
        JniUtils.setGradMode(true);
        return manager;
    }

    private static NDArray array(NDManager manager, List<List<Double>> sequences, DataType type) {
        double[] numbers = sequences.stream()
                .flatMap(List::stream)
                .mapToDouble(Double::doubleValue)
                .toArray();
        return manager.create(numbers).toType(type, false);
    }

    private static double scalar(NDArray array) {
        return array.toType(DataType.FLOAT64, false).getDouble();
    }
}
