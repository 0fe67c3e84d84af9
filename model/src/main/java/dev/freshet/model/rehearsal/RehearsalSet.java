package dev.freshet.model.rehearsal;

import dev.freshet.model.rollout.Prompt;
import dev.freshet.model.rollout.RehearsalSequence;
import dev.freshet.model.safetensors.TensorData;
import java.util.List;
import java.util.Map;

/**
 * What the policy at the beginning of a run could and could not do (Li et al. 2025, DPH-RL, arXiv 2509.07430, stage 0): prompts that it
 * mastered, of which it keeps right completions to rehearse, and prompts that are left to be explored.
 *
 * @param prompts all that were sampled and scored, in the order in which they were
 * @param sequences a right completion, sampled anew, of each mastered prompt that had one; at least one
 */
public record RehearsalSet(RehearsalOrigin origin, List<SampledPrompt> prompts, List<RehearsalSequence> sequences) {
    public RehearsalSet {
        prompts = List.copyOf(prompts);
        sequences = List.copyOf(sequences);
        for (SampledPrompt prompt : prompts) {
            if (prompt.correct() > origin.samples()) {
                throw new IllegalArgumentException(
                        "at most all " + origin.samples() + " completions of a prompt can be right," + " were "
                                + prompt.correct() + " of \"" + prompt.prompt().text() + "\"");
            }
        }
        if (sequences.isEmpty()) {
            throw new IllegalArgumentException("a rehearsal set must have at least one sequence, had none: of "
                    + prompts.size() + " prompts none was answered rightly at least " + origin.masteredFrom()
                    + " times out of " + origin.samples()
                    + " and once more; lower freshet.rehearsal.sampling.mastered-from,"
                    + " raise freshet.rehearsal.sampling.prompts, or take a policy that can do more");
        }
    }

    /** The prompts that were not mastered. */
    public List<Prompt> exploration() {
        return prompts.stream()
                .filter(prompt -> prompt.correct() < origin.masteredFrom())
                .map(SampledPrompt::prompt)
                .toList();
    }

    /** As {@link RehearsalOrigin#requireFits}; a task's vocabulary is its tokens 0 to {@code vocabulary} - 1. */
    public void requireFits(String task, Map<String, String> model, int vocabulary) {
        origin.requireFits(task, model);
        for (RehearsalSequence sequence : sequences) {
            for (int token : sequence.completion().toArray()) {
                requireKnown(token, vocabulary);
            }
            for (int token : sequence.prompt().toArray()) {
                requireKnown(token, vocabulary);
            }
        }
    }

    /** As {@link RehearsalOrigin#requireOf}. */
    public void requireOf(List<TensorData> policy) {
        origin.requireOf(WeightsDigest.of(policy));
    }

    private static void requireKnown(int token, int vocabulary) {
        if (token < 0 || token >= vocabulary) {
            throw new IllegalArgumentException("a token of a rehearsal sequence must be in 0.." + (vocabulary - 1)
                    + ", was " + token + " (freshet.rehearsal.from)");
        }
    }
}
