package dev.freshet.model.objective;

import ai.djl.ndarray.NDArray;
import dev.freshet.model.objective.DatasetLoss.Measure;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The answers of a micro-batch: first of each example what is to be forgotten, and then the template.
 *
 * @param weight (examples,) of each example's loss
 */
record UnlearningBatch(AnswerScores forget, AnswerScores template, NDArray weight) {
    static final int FORGET = 0;
    static final int TEMPLATE = 1;

    static UnlearningBatch of(ExampleTokens batch, ExampleScores current) {
        return new UnlearningBatch(at(FORGET, batch, current), at(TEMPLATE, batch, current), batch.weight());
    }

    private static AnswerScores at(int place, ExampleTokens batch, ExampleScores current) {
        return AnswerScores.of(
                current.logProbs(), batch.reference(), batch.segments(), perSequence -> batch.of(perSequence, place));
    }

    DatasetLoss loss(UnlearningLoss method) {
        Map<String, Measure> measures = new LinkedHashMap<>();
        measures.put("forget_probability", Measure.mean(forget.meanProbability()));
        measures.put("template_probability", Measure.mean(template.meanProbability()));
        return new DatasetLoss(method.perExample(forget, template).mul(weight).sum(), measures);
    }
}
