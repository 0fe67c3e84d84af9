package dev.freshet.model.task;

/** Makes the task that settings name. */
public final class Tasks {
    private Tasks() {}

    /**
     * Makes the task, reading its files if it has any.
     *
     * @param seed fixes the order of the prompts and the demonstrations; what is held out is the same for every seed
     * @throws IllegalArgumentException if a file is missing or lines of it cannot be used
     */
    public static Task create(TaskSettings settings, long seed) {
        return switch (settings.name()) {
            case ARITHMETIC -> new ArithmeticTask(settings.arithmetic(), seed);
            case COUNTDOWN -> new CountdownTask(settings.countdown(), seed);
            case STRINGS -> new StringsTask(settings.strings(), seed);
            case LETTERS -> new LettersTask(settings.letters(), seed);
            case SQL -> new SqlTask(settings.sql(), seed);
            case JSONL -> JsonlTask.load(settings.jsonl(), seed);
        };
    }
}
