package dev.freshet.model.learning;

import ai.djl.ndarray.NDList;
import dev.freshet.model.transformer.DecoderConfig;
import java.util.List;

/** The parameters of a decoder that its learner changes; the others stay as they are. */
public enum TrainedParameters {
    ALL {
        @Override
        int first(List<String> names) {
            return 0;
        }
    },
    /** The gains of the last norm and the output matrix: the trunk below is frozen. */
    HEAD {
        @Override
        int first(List<String> names) {
            return names.size() - 2;
        }

        @Override
        public void requireFit(DecoderConfig config) {
            if (config.tiedHead()) {
                throw new IllegalArgumentException(
                        "parameters = head needs an output matrix of its own, which tied-head ="
                                + " true does not leave: set freshet.model.tied-head = false, or freshet.train.parameters = all");
            }
        }
    };

    /** @throws IllegalArgumentException if the decoder has no such parameters of their own */
    public void requireFit(DecoderConfig config) {}

    /** Of a list that has one array for each parameter, in the layout's order, those that are trained. */
    NDList of(NDList perParameter, List<String> names) {
        return new NDList(perParameter.subList(first(names), perParameter.size()));
    }

    abstract int first(List<String> names);

    static TrainedParameters parse(String setting) {
        return switch (setting) {
            case "all" -> ALL;
            case "head" -> HEAD;
            default ->
                throw new IllegalArgumentException(
                        "parameters must be all or head, was \"" + setting + "\" (freshet.train.parameters)");
        };
    }
}
