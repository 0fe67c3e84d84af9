package dev.freshet.model.task;

import dev.freshet.model.rollout.Prompt;
import dev.freshet.model.task.KeyedRandom.Purpose;
import dev.freshet.model.text.CharTokenizer;
import dev.freshet.model.text.TextTokenizer;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Questions about a small table, answered in SQL: the prompt {@code how many toys with price over 40?} asks for
 * {@code select count(*) from items where kind='toys' and price>40;} or whatever else selects the same. The demonstrations say it in
 * several ways, and are right only with a given probability.
 */
public final class SqlTask implements Task {
    /** What words and statements are of; {@code ;} ends a statement and a completion. */
    private static final String ALPHABET = " 0123456789abcdefghijklmnopqrstuvwxyz*()<>=',.?;";

    /** Evaluations of all runs ask the same prompts, whatever the seed. */
    private static final long HELD_OUT_SEED = 0;

    private final CharTokenizer tokenizer = new CharTokenizer(ALPHABET, ';');
    private final SqlSettings settings;
    private final SqlVerifier verifier;
    private final long seed;
    private final List<Integer> trained = numbers(false);
    private final List<Integer> heldOut = numbers(true);
    private final EpochOrder trainingOrder;

    public SqlTask(SqlSettings settings, long seed) {
        this.settings = settings;
        this.seed = seed;
        this.verifier = new SqlVerifier(
                SqlTable.of(settings.rows(), settings.tableSeed()), settings.maxInstructions(), settings.deadline());
        this.trainingOrder = new EpochOrder(seed, Purpose.TRAINING_ORDER, trained.size());
    }

    private static List<Integer> numbers(boolean heldOut) {
        return IntStream.range(0, SqlQuestion.COUNT)
                .filter(number -> SqlQuestion.isHeldOut(number) == heldOut)
                .boxed()
                .toList();
    }

    @Override
    public String name() {
        return "sql";
    }

    @Override
    public TextTokenizer tokenizer() {
        return tokenizer;
    }

    @Override
    public Prompt trainingPrompt(long sequence) {
        return prompt(SqlQuestion.at(trained.get(trainingOrder.at(sequence))));
    }

    @Override
    public List<Prompt> heldOut() {
        EpochOrder order = new EpochOrder(HELD_OUT_SEED, Purpose.HELD_OUT_ORDER, heldOut.size());
        return new PromptList(heldOut.size(), place -> prompt(SqlQuestion.at(heldOut.get(order.at(place)))));
    }

    @Override
    public AnswerVerifier verifier() {
        return verifier;
    }

    @Override
    public Optional<Demonstrations> demonstrations() {
        return Optional.of(this::demonstration);
    }

    private Demonstration demonstration(long index) {
        KeyedRandom random = KeyedRandom.at(seed, Purpose.DEMONSTRATION, index);
        SqlQuestion question = SqlQuestion.at(trained.get(random.below(trained.size())));
        SqlQuestion understood = random.chance(settings.teacherAccuracy()) ? question : question.misread();
        List<String> statements = understood.statements();
        String statement = statements.get(random.below(statements.size()));
        return new Demonstration(prompt(question), Completions.ended(tokenizer, statement));
    }

    private Prompt prompt(SqlQuestion question) {
        String text = question.text();
        return new Prompt(text, tokenizer.encode(text), question.statement());
    }
}
