package dev.freshet.ops.training;

import dev.freshet.model.rollout.Prompt;
import dev.freshet.model.task.Answer;
import dev.freshet.model.task.AnswerVerifier;
import dev.freshet.model.task.Task;
import dev.freshet.model.task.Verdict;
import dev.freshet.model.text.TextTokenizer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** Another task, whose answers are never verified, until whoever verifies them is interrupted. */
record StuckTask(Task task, CountDownLatch verifying) implements Task, AnswerVerifier {
    @Override
    public Verdict verify(Prompt prompt, Answer answer) {
        verifying.countDown();
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException givenUp) {
            return new Verdict.Unscorable("interrupted");
        }
        throw new IllegalStateException("nobody opens this latch");
    }

    @Override
    public AnswerVerifier verifier() {
        return this;
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
        return task.trainingPrompt(sequence);
    }

    @Override
    public List<Prompt> heldOut() {
        return task.heldOut();
    }

    @Override
    public Optional<Demonstrations> demonstrations() {
        return task.demonstrations();
    }
}
