package dev.freshet.model.learning;

import ai.djl.ndarray.NDArray;

/** A number for each token that is made of the policy's whole distribution at it, such as its divergence from another's. */
interface VocabularyTerm {
    /** Of one micro-batch, to whose owner belongs what is computed for it. */
    OfBatch of(PackedSequences batch);

    /** Of a micro-batch, a range of its tokens at a time. */
    interface OfBatch {
        /**
         * (tokens,) of a range; carries the policy's gradient. Called for each range once, or where the loss's gradient is wanted once more.
         *
         * @param policy log-probs (tokens, vocabulary), to whose manager the result belongs
         */
        NDArray at(TokenRange range, NDArray policy);
    }
}
