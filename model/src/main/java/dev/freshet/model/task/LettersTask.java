package dev.freshet.model.task;

import dev.freshet.model.rollout.FinishReason;
import dev.freshet.model.rollout.Prompt;
import dev.freshet.model.task.KeyedRandom.Purpose;
import dev.freshet.model.text.CharTokenizer;
import dev.freshet.model.text.TextTokenizer;
import java.util.List;
import java.util.Optional;

/**
 * Letters to be sorted, by a policy that was shown five things that can be done with them, all equally often: the task on which supervised
 * fine-tuning and preferences are compared. The reward is the share of places that have the right letter.
 *
 * <p>A run has to let completions have {@code length} tokens and one more, as {@code freshet.generation.max-completion-length}.
 */
public final class LettersTask implements Task {
    static final String LETTERS = "abcdefghijklmnop";

    private static final char QUESTION = '>';
    private static final char STOP = ';';

    /** Held out is a fifth of all prompts, by a rule on the prompt alone. */
    private static final int HELD_OUT_FIFTH = 5;

    private static final long HELD_OUT_SEED = 0;
    private static final int HELD_OUT = 4096;

    private final CharTokenizer tokenizer = new CharTokenizer(LETTERS + QUESTION + STOP, STOP);
    private final LettersSettings settings;
    private final long seed;

    public LettersTask(LettersSettings settings, long seed) {
        this.settings = settings;
        this.seed = seed;
    }

    @Override
    public String name() {
        return "letters";
    }

    @Override
    public TextTokenizer tokenizer() {
        return tokenizer;
    }

    /** {@inheritDoc} Here drawn anew for each number: there are a million of five letters. */
    @Override
    public Prompt trainingPrompt(long sequence) {
        return prompt(drawn(KeyedRandom.at(seed, Purpose.LETTERS, sequence), Side.TRAINING));
    }

    @Override
    public List<Prompt> heldOut() {
        return new PromptList(
                HELD_OUT,
                index -> prompt(drawn(KeyedRandom.at(HELD_OUT_SEED, Purpose.HELD_OUT_ORDER, index), Side.HELD_OUT)));
    }

    @Override
    public AnswerVerifier verifier() {
        return new PlaceVerifier();
    }

    @Override
    public Optional<Demonstrations> demonstrations() {
        return Optional.of(this::demonstration);
    }

    private Demonstration demonstration(long index) {
        KeyedRandom random = KeyedRandom.at(seed, Purpose.DEMONSTRATION, index);
        String letters = drawn(random, Side.TRAINING);
        LetterBehaviour[] behaviours = LetterBehaviour.values();
        LetterBehaviour behaviour = behaviours[random.below(behaviours.length)];
        return new Demonstration(
                prompt(letters), Completions.ended(tokenizer, behaviour.of(letters, settings.noise(), random)));
    }

    private Prompt prompt(String letters) {
        String text = letters + QUESTION;
        return new Prompt(text, tokenizer.encode(text), LetterBehaviour.SORT.of(letters));
    }

    /** The letters of a prompt. */
    public static String letters(Prompt prompt) {
        return prompt.text().substring(0, prompt.text().length() - 1);
    }

    private String drawn(KeyedRandom random, Side side) {
        while (true) {
            StringBuilder letters = new StringBuilder();
            for (int i = 0; i < settings.length(); i++) {
                letters.append(LETTERS.charAt(random.below(LETTERS.length())));
            }
            boolean heldOut = Math.floorMod(letters.toString().hashCode(), HELD_OUT_FIFTH) == 0;
            if (heldOut == (side == Side.HELD_OUT)) {
                return letters.toString();
            }
        }
    }

    private enum Side {
        TRAINING,
        HELD_OUT
    }

    /** The share of places that have the right letter; of an answer of another length, none. */
    private record PlaceVerifier() implements AnswerVerifier {
        @Override
        public String name() {
            return "letters";
        }

        @Override
        public Verdict verify(Prompt prompt, Answer answer) {
            String right = prompt.groundTruth();
            if (answer.finishReason() != FinishReason.STOP || answer.text().length() != right.length()) {
                return Verdict.Reward.WRONG;
            }
            int places = 0;
            for (int i = 0; i < right.length(); i++) {
                places += answer.text().charAt(i) == right.charAt(i) ? 1 : 0;
            }
            return new Verdict.Reward((double) places / right.length());
        }
    }
}
