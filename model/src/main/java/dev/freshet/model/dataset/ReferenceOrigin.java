package dev.freshet.model.dataset;

import java.util.Map;
import java.util.TreeMap;

/**
 * Of what stored reference log-probs are.
 *
 * @param dataset SHA-256 of its file
 * @param kind label of its examples
 * @param model what the policy's decoder is, as checkpoints describe it
 * @param policy SHA-256 of the reference's weights
 */
public record ReferenceOrigin(String dataset, String kind, Map<String, String> model, String policy) {
    public ReferenceOrigin {
        model = Map.copyOf(model);
    }

    /**
     * @param wanted by a run
     * @throws IllegalArgumentException if they are of something else
     */
    void requireSame(ReferenceOrigin wanted) {
        require("file, whose SHA-256 is", dataset, wanted.dataset());
        require("examples, which are", kind, wanted.kind());
        require("model", new TreeMap<>(model), new TreeMap<>(wanted.model()));
        require("reference, whose weights have SHA-256", policy, wanted.policy());
    }

    private static void require(String what, Object stored, Object wanted) {
        if (!stored.equals(wanted)) {
            throw new IllegalArgumentException(
                    "stored reference log-probs must be of the run's " + what + " " + wanted + ", were of " + stored);
        }
    }
}
