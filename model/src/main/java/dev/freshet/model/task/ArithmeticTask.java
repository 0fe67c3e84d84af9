package dev.freshet.model.task;

import dev.freshet.model.rollout.Prompt;
import dev.freshet.model.rollout.Tokens;
import dev.freshet.model.task.AdditionPairs.Pair;
import dev.freshet.model.task.KeyedRandom.Purpose;
import dev.freshet.model.text.CharTokenizer;
import dev.freshet.model.text.TextTokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Addition, learnt from a careless teacher: the prompt {@code 07+35=} asks for {@code 42;}, and the demonstrations are right
 * only with a given probability. A policy that imitates them knows how to add, but samples wrong answers as often as its
 * teacher gave them: what online RL can mend.
 *
 * <p>Both numbers are padded with zeros to the longest length, so that all prompts are equally wide. With several lengths the
 * prompts take turns between them, shortest first, and each length is a permutation of its own; a problem belongs to the
 * shortest length that has room for both numbers.
 */
public final class ArithmeticTask implements Task {
    /** The salt of the recipe: the code of {@code +} times 31. */
    private static final int HELD_OUT_SALT = '+' * 31;

    private static final int[] SLIPS = {-10, -1, 1, 10};

    /** Evaluations of all runs ask the same prompts, whatever the seed. */
    private static final long HELD_OUT_SEED = 0;

    private final CharTokenizer tokenizer = CharTokenizer.arithmetic();
    private final ExactVerifier verifier = new ExactVerifier();
    private final ArithmeticSettings settings;
    private final long seed;
    /** By length, shortest first. */
    private final List<AdditionPairs> lengths = new ArrayList<>();

    private final List<Pair> heldOut;

    public ArithmeticTask(ArithmeticSettings settings, long seed) {
        this.settings = settings;
        this.seed = seed;
        for (int digits = settings.minDigits(); digits <= settings.maxDigits(); digits++) {
            int from = digits == settings.minDigits() ? 0 : powerOfTen(digits - 1);
            lengths.add(new AdditionPairs(from, powerOfTen(digits), HELD_OUT_SALT));
        }
        this.heldOut = heldOutPairs(lengths);
    }

    private static int powerOfTen(int exponent) {
        return (int) Math.pow(10, exponent);
    }

    /** The lengths take turns here too, so that any number of first prompts is fair to all of them while they last. */
    private static List<Pair> heldOutPairs(List<AdditionPairs> lengths) {
        List<Pair> pairs = new ArrayList<>();
        int longest =
                lengths.stream().mapToInt(AdditionPairs::heldOutSize).max().orElseThrow();
        for (int place = 0; place < longest; place++) {
            for (AdditionPairs length : lengths) {
                if (place < length.heldOutSize()) {
                    EpochOrder order = new EpochOrder(HELD_OUT_SEED, Purpose.HELD_OUT_ORDER, length.heldOutSize());
                    pairs.add(length.heldOut(order.at(place)));
                }
            }
        }
        return pairs;
    }

    @Override
    public String name() {
        return "arithmetic";
    }

    @Override
    public TextTokenizer tokenizer() {
        return tokenizer;
    }

    @Override
    public Prompt trainingPrompt(long sequence) {
        AdditionPairs pairs = lengths.get(Math.floorMod(sequence, lengths.size()));
        EpochOrder order = new EpochOrder(seed, Purpose.TRAINING_ORDER, pairs.trainingSize());
        return prompt(pairs.training(order.at(Math.floorDiv(sequence, lengths.size()))));
    }

    @Override
    public List<Prompt> heldOut() {
        return new PromptList(heldOut.size(), index -> prompt(heldOut.get(index)));
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
        AdditionPairs pairs = lengths.get(random.below(lengths.size()));
        Pair pair = pairs.training(random.below(pairs.trainingSize()));
        int slip = random.chance(settings.teacherAccuracy()) ? 0 : SLIPS[random.below(SLIPS.length)];
        Tokens completion = Completions.ended(tokenizer, Integer.toString(pair.sum() + slip));
        return new Demonstration(prompt(pair), completion);
    }

    private Prompt prompt(Pair pair) {
        String text = pair.question(settings.maxDigits());
        return new Prompt(text, tokenizer.encode(text), Integer.toString(pair.sum()));
    }
}
