package dev.freshet.model.task;

import dev.freshet.model.rollout.Prompt;
import java.util.AbstractList;
import java.util.Objects;
import java.util.RandomAccess;
import java.util.function.IntFunction;

/** Prompts made when they are asked for: a suite may have hundreds of thousands, of which an evaluation reads a few. */
final class PromptList extends AbstractList<Prompt> implements RandomAccess {
    private final int size;
    private final IntFunction<Prompt> prompt;

    PromptList(int size, IntFunction<Prompt> prompt) {
        this.size = size;
        this.prompt = prompt;
    }

    @Override
    public Prompt get(int index) {
        return prompt.apply(Objects.checkIndex(index, size));
    }

    @Override
    public int size() {
        return size;
    }
}
