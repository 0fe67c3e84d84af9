package dev.freshet.model.task;

import dev.freshet.model.rollout.Prompt;
import dev.freshet.model.task.AdditionPairs.Pair;
import dev.freshet.model.task.KeyedRandom.Purpose;
import dev.freshet.model.text.CharTokenizer;
import dev.freshet.model.text.TextTokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Countdown with three digits: the prompt {@code 357=22?} asks for an expression of 3, 5 and 7 that makes 22, such as
 * {@code 3*5+7;}. Every problem has at least two answers, so a policy may gain accuracy and lose variety.
 *
 * <p>The warm-up teaches all targets and a second skill, addition ({@code #07+35=} asks for {@code 42;}); RL trains targets
 * below a limit only. {@link #far} and {@link #addition} show what it does to the rest.
 */
public final class CountdownTask implements Task {
    private static final int ADDENDS = 100;
    private static final int HELD_OUT_SALT = 0;

    /** Evaluations of all runs ask the same prompts, whatever the seed. */
    private static final long HELD_OUT_SEED = 0;

    private final CharTokenizer tokenizer = CharTokenizer.arithmetic();
    private final CountdownVerifier verifier = new CountdownVerifier();
    private final CountdownKeys keys = new CountdownKeys();
    private final AdditionPairs additions = new AdditionPairs(0, ADDENDS, HELD_OUT_SALT);
    private final CountdownSettings settings;
    private final long seed;
    private final List<CountdownKey> taught = keys.matching(key -> !key.isHeldOut());
    private final List<CountdownKey> trained;
    private final EpochOrder trainingOrder;

    public CountdownTask(CountdownSettings settings, long seed) {
        this.settings = settings;
        this.seed = seed;
        this.trained = keys.matching(key -> !key.isHeldOut() && key.target() < settings.targetLimit());
        this.trainingOrder = new EpochOrder(seed, Purpose.TRAINING_ORDER, trained.size());
    }

    @Override
    public String name() {
        return "countdown";
    }

    @Override
    public TextTokenizer tokenizer() {
        return tokenizer;
    }

    /** {@inheritDoc} The permutation is of the problems; each time, a problem's digits come in a fresh random order. */
    @Override
    public Prompt trainingPrompt(long sequence) {
        CountdownKey key = trained.get(trainingOrder.at(sequence));
        return prompt(key, KeyedRandom.at(seed, Purpose.DIGIT_ORDER, sequence));
    }

    /** {@inheritDoc} These are in RL's range of targets, and also kept from the warm-up. Each round asks every problem once. */
    @Override
    public List<Prompt> heldOut() {
        return suite(keys.matching(key -> key.isHeldOut() && key.target() < settings.targetLimit()));
    }

    /** Problems with targets that RL never trains, most of them known from the warm-up; empty if RL trains all targets. */
    public List<Prompt> far() {
        return suite(keys.matching(this::isFar));
    }

    /** Additions that neither the warm-up nor RL trains on. */
    public List<Prompt> addition() {
        EpochOrder order = new EpochOrder(HELD_OUT_SEED, Purpose.HELD_OUT_ORDER, additions.heldOutSize());
        return new PromptList(additions.heldOutSize(), index -> prompt(additions.heldOut(order.at(index))));
    }

    /** {@inheritDoc} Targets that RL never trains, {@code far}, are one only if there are any. */
    @Override
    public List<EvaluationSuite> suites() {
        List<EvaluationSuite> suites = new ArrayList<>(List.of(new EvaluationSuite(HELD_OUT, this::heldOut)));
        if (!keys.matching(this::isFar).isEmpty()) {
            suites.add(new EvaluationSuite("far", this::far));
        }
        suites.add(new EvaluationSuite("addition", this::addition));
        return List.copyOf(suites);
    }

    private boolean isFar(CountdownKey key) {
        return key.target() >= settings.targetLimit();
    }

    /** All orders of the problems' digits, so arranged that every problem has been asked before one is asked again. */
    private List<Prompt> suite(List<CountdownKey> problems) {
        if (problems.isEmpty()) {
            return List.of();
        }
        EpochOrder order = new EpochOrder(HELD_OUT_SEED, Purpose.HELD_OUT_ORDER, problems.size());
        List<Prompt> prompts = new ArrayList<>();
        for (int round = 0; round < CountdownKey.MOST_ORDERS; round++) {
            for (int place = 0; place < problems.size(); place++) {
                int number = order.at(place);
                CountdownKey key = problems.get(number);
                List<String> orders = key.digitOrders();
                if (round < orders.size()) {
                    EpochOrder own = new EpochOrder(number, Purpose.DIGIT_ORDER, orders.size());
                    prompts.add(prompt(key, orders.get(own.at(round))));
                }
            }
        }
        return List.copyOf(prompts);
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
        if (random.chance(settings.additionShare())) {
            Pair pair = additions.training(random.below(additions.trainingSize()));
            return new Demonstration(prompt(pair), Completions.ended(tokenizer, Integer.toString(pair.sum())));
        }
        CountdownKey key = taught.get(random.below(taught.size()));
        List<String> solutions = keys.solutions(key);
        String solution = solutions.get(random.below(solutions.size()));
        return new Demonstration(prompt(key, random), Completions.ended(tokenizer, solution));
    }

    private Prompt prompt(CountdownKey key, KeyedRandom random) {
        List<String> orders = key.digitOrders();
        return prompt(key, orders.get(random.below(orders.size())));
    }

    private Prompt prompt(CountdownKey key, String digits) {
        String text = digits + key.ending() + "?";
        return new Prompt(text, tokenizer.encode(text), key.text());
    }

    private Prompt prompt(Pair pair) {
        String text = "#" + pair.question(2);
        return new Prompt(text, tokenizer.encode(text), Integer.toString(pair.sum()));
    }
}
