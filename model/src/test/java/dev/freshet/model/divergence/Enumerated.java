package dev.freshet.model.divergence;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.function.BinaryOperator;
import java.util.stream.DoubleStream;

/** Expectations by enumeration of the outcomes of a small policy and its anchor. */
final class Enumerated {
    private Enumerated() {}

    /**
     * The sum over all outcomes, followed by its gradient with respect to the policy's logits.
     *
     * @param distributions policy {@code pi} and anchor {@code ref}
     * @param terms of each outcome, from the log-probs of policy and anchor
     */
    static double[] over(JsonNode distributions, DataType type, BinaryOperator<NDArray> terms) {
        double[] policy = Vectors.numbers(distributions.get("pi"));
        double[] anchor = Vectors.numbers(distributions.get("ref"));
        double[] logits = Arrays.stream(policy).map(Math::log).toArray();
        try (NDManager manager = Evaluate.manager()) {
            NDArray parameters = manager.create(logits).toType(type, false);
            parameters.setRequiresGradient(true);
            NDArray logAnchor = manager.create(anchor).toType(type, false).log();
            NDArray loss = terms.apply(parameters.logSoftmax(-1), logAnchor).sum();
            Evaluate.backward(loss);
            double[] gradient =
                    parameters.getGradient().toType(DataType.FLOAT64, false).toDoubleArray();
            double value = loss.toType(DataType.FLOAT64, false).getDouble();
            return DoubleStream.concat(DoubleStream.of(value), Arrays.stream(gradient))
                    .toArray();
        }
    }
}
