package dev.freshet.model.objective;

import ai.djl.ndarray.NDArray;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The loss of a micro-batch of examples, and what a person would like to know of it.
 *
 * @param loss scalar, differentiable
 * @param measures by name, in lower case and with underscores; the same names in every micro-batch
 */
public record DatasetLoss(NDArray loss, Map<String, Measure> measures) {
    public DatasetLoss {
        measures = Collections.unmodifiableMap(new LinkedHashMap<>(measures));
    }

    /** The same with more to descend, a scalar that is not the objective's. */
    public DatasetLoss plus(NDArray more) {
        return new DatasetLoss(loss.add(more), measures);
    }

    /** The same with one measure more. */
    public DatasetLoss and(String name, Measure measure) {
        Map<String, Measure> more = new LinkedHashMap<>(measures);
        more.put(name, measure);
        return new DatasetLoss(loss, more);
    }

    /**
     * A number that a step tells as the mean over all of its micro-batches.
     *
     * @param sum scalar, without gradient
     * @param count of what is summed
     */
    public record Measure(NDArray sum, long count) {
        /** Of all elements. */
        public static Measure mean(NDArray values) {
            NDArray fixed = values.stopGradient();
            return new Measure(fixed.sum(), fixed.size());
        }

        /** Of the elements that are true. */
        public static Measure share(NDArray condition, NDArray like) {
            return new Measure(condition.toType(like.getDataType(), false).sum(), condition.size());
        }
    }
}
