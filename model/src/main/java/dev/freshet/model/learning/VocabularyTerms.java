package dev.freshet.model.learning;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What of a policy's whole distributions a loss is made of.
 *
 * @param divergence from the reference, for the objective
 * @param trajectory from the learner's own past, which it adds to any objective
 */
record VocabularyTerms(Optional<VocabularyAnchor> divergence, Optional<VocabularyTerm> trajectory) {
    /** Of an objective that reads none itself. */
    static VocabularyTerms of(Optional<VocabularyTerm> trajectory) {
        return new VocabularyTerms(Optional.empty(), trajectory);
    }

    boolean isEmpty() {
        return divergence.isEmpty() && trajectory.isEmpty();
    }

    /** In the order of the arrays that {@link #divergence(NDList)} and {@link #trajectory(NDList)} take theirs from. */
    List<VocabularyTerm.OfBatch> of(PackedSequences batch) {
        List<VocabularyTerm.OfBatch> terms = new ArrayList<>();
        divergence.ifPresent(term -> terms.add(term.of(batch)));
        trajectory.ifPresent(term -> terms.add(term.of(batch)));
        return terms;
    }

    @Nullable
    NDArray divergence(NDList terms) {
        return divergence.isPresent() ? terms.get(0) : null;
    }

    Optional<NDArray> trajectory(NDList terms) {
        return trajectory.isPresent() ? Optional.of(terms.get(terms.size() - 1)) : Optional.empty();
    }
}
