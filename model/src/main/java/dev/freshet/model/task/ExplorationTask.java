package dev.freshet.model.task;

import dev.freshet.model.rollout.Prompt;
import dev.freshet.model.task.KeyedRandom.Purpose;
import dev.freshet.model.text.TextTokenizer;
import java.util.List;
import java.util.Optional;

/** A task of whose training prompts only some are asked, in a fresh order in each epoch. All else is as the task has it. */
public final class ExplorationTask implements Task {
    private final Task task;
    private final List<Prompt> prompts;
    private final EpochOrder order;

    /**
     * @param prompts of the task, at least one
     * @param seed fixes the order
     */
    public ExplorationTask(Task task, List<Prompt> prompts, long seed) {
        if (prompts.isEmpty()) {
            throw new IllegalArgumentException(
                    "there must be at least one prompt to explore, was none: the policy has mastered"
                            + " them all (freshet.rehearsal.prompts = all trains on all prompts of the task; a higher"
                            + " freshet.rehearsal.sampling.mastered-from leaves more to explore)");
        }
        this.task = task;
        this.prompts = List.copyOf(prompts);
        this.order = new EpochOrder(seed, Purpose.TRAINING_ORDER, prompts.size());
    }

    @Override
    public String name() {
        return task.name();
    }

    @Override
    public TextTokenizer tokenizer() {
        return task.tokenizer();
    }

    @Override
    public Prompt trainingPrompt(long sequence) {
        return prompts.get(order.at(sequence));
    }

    @Override
    public List<Prompt> heldOut() {
        return task.heldOut();
    }

    @Override
    public List<EvaluationSuite> suites() {
        return task.suites();
    }

    @Override
    public AnswerVerifier verifier() {
        return task.verifier();
    }

    @Override
    public Optional<Demonstrations> demonstrations() {
        return task.demonstrations();
    }
}
