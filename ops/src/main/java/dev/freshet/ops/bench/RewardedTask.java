package dev.freshet.ops.bench;

import dev.freshet.model.rollout.Prompt;
import dev.freshet.model.task.AnswerVerifier;
import dev.freshet.model.task.Task;
import dev.freshet.model.text.TextTokenizer;
import java.util.List;
import java.util.Optional;

/** The prompts of one task under a verifier of the benchmark's own. */
record RewardedTask(Task prompts, AnswerVerifier verifier) implements Task {
    @Override
    public String name() {
        return prompts.name();
    }

    @Override
    public TextTokenizer tokenizer() {
        return prompts.tokenizer();
    }

    @Override
    public Prompt trainingPrompt(long sequence) {
        return prompts.trainingPrompt(sequence);
    }

    @Override
    public List<Prompt> heldOut() {
        return prompts.heldOut();
    }

    @Override
    public Optional<Demonstrations> demonstrations() {
        return prompts.demonstrations();
    }
}
