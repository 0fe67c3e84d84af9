package dev.freshet.actors;

import dev.freshet.model.dataset.AdmittedExample;
import dev.freshet.model.dataset.ScoredExample;
import dev.freshet.model.dataset.TokenisedExample;
import dev.freshet.streams.Outcome;
import java.util.concurrent.CompletionStage;

/** Where examples come from. From any thread; its stages complete on threads of its own, and within deadlines. */
public interface ExampleSource {
    /** Examples of an epoch, at least 1. */
    long size();

    /** Which example comes when. */
    AdmittedExample admitted(long sequence);

    /** The example, or its end: a line that cannot be used is named in the detail. */
    CompletionStage<Outcome<TokenisedExample>> read(AdmittedExample example);

    /** Whether {@link #stored} has reference log-probs. */
    default boolean hasStoredReference() {
        return false;
    }

    /** The example with the reference log-probs that were computed before the run. */
    default CompletionStage<ScoredExample> stored(TokenisedExample example) {
        throw new IllegalStateException("no reference log-probs are stored");
    }
}
