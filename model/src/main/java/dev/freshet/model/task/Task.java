package dev.freshet.model.task;

import dev.freshet.model.rollout.Prompt;
import dev.freshet.model.text.TextTokenizer;
import java.util.List;
import java.util.Optional;

/**
 * A set of prompts with a verifier. Everything random about it is fixed by its seed, and every prompt can be reached by its
 * admission number, so that a resumed run goes on exactly where it was.
 */
public interface Task {
    /** The name of the suite that {@link #heldOut} is. */
    String HELD_OUT = "held_out";

    /** The label this task carries in settings, metrics and events. */
    String name();

    TextTokenizer tokenizer();

    /** The training prompt with the given admission number, from 0; the order is a fresh permutation in each epoch. */
    Prompt trainingPrompt(long sequence);

    /** Prompts that are never trained on, in a fixed order. */
    List<Prompt> heldOut();

    /** What a policy can be measured on: first {@link #heldOut}, then what shows how it fares elsewhere, for a second skill. */
    default List<EvaluationSuite> suites() {
        return List.of(new EvaluationSuite(HELD_OUT, this::heldOut));
    }

    AnswerVerifier verifier();

    /** Examples for the supervised warm-up, or empty when the task starts from a trained model. */
    Optional<Demonstrations> demonstrations();

    /** An endless, reproducible sequence of supervised examples. */
    interface Demonstrations {
        Demonstration get(long index);

        /** How many of the first show of what length all are; that many of a task that makes its own are alike. */
        default int telling() {
            return 1000;
        }
    }
}
