package dev.freshet.model.task;

import dev.freshet.model.rollout.Prompt;
import dev.freshet.model.task.JsonlReader.Row;
import dev.freshet.model.task.JsonlSettings.Demonstrated;
import dev.freshet.model.task.KeyedRandom.Purpose;
import dev.freshet.model.text.ByteTokenizer;
import dev.freshet.model.text.CharTokenizer;
import dev.freshet.model.text.HuggingFaceTextTokenizer;
import dev.freshet.model.text.TextTokenizer;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Problems from a file, one JSON object a line. What is held out is decided by a hash of each question, so that a question stays
 * on its side whatever the seed, and however lines are added or moved; or a second file is held out.
 */
public final class JsonlTask implements Task {
    private static final String FILE = "freshet.task.jsonl.file";
    private static final String HELD_OUT_FILE = "freshet.task.jsonl.held-out-file";

    private final JsonlSettings settings;
    private final TextTokenizer tokenizer;
    private final AnswerVerifier verifier;
    private final long seed;
    private final List<Row> training;
    private final List<Prompt> heldOut;

    private JsonlTask(
            JsonlSettings settings, TextTokenizer tokenizer, long seed, List<Row> training, List<Row> heldOut) {
        this.settings = settings;
        this.tokenizer = tokenizer;
        this.verifier = settings.verifier().verifier();
        this.seed = seed;
        this.training = training;
        // By hash: the first prompts are then a fair sample of files that were sorted in some way.
        this.heldOut = heldOut.stream()
                .sorted(Comparator.comparingDouble(Row::draw))
                .map(Row::prompt)
                .toList();
    }

    /** Reads the files with the tokenizer that the settings name. */
    public static JsonlTask load(JsonlSettings settings, long seed) {
        return load(settings, tokenizer(settings), seed);
    }

    /**
     * Reads the files with the tokenizer of a model at hand.
     *
     * @throws IllegalArgumentException if a file is missing, or lines cannot be used: each is named with its number
     */
    public static JsonlTask load(JsonlSettings settings, TextTokenizer tokenizer, long seed) {
        JsonlReader reader = new JsonlReader(settings, tokenizer);
        if (settings.heldOutFile().isEmpty()) {
            List<Row> rows = reader.read(settings.file(), FILE, Set.of());
            List<Row> training = rows.stream()
                    .filter(row -> row.draw() >= settings.heldOutShare())
                    .toList();
            List<Row> heldOut = rows.stream()
                    .filter(row -> row.draw() < settings.heldOutShare())
                    .toList();
            return new JsonlTask(settings, tokenizer, seed, training, heldOut);
        }
        List<Row> heldOut = reader.read(settings.heldOutFile(), HELD_OUT_FILE, Set.of());
        Set<String> questions = heldOut.stream().map(Row::question).collect(Collectors.toSet());
        return new JsonlTask(settings, tokenizer, seed, reader.read(settings.file(), FILE, questions), heldOut);
    }

    private static TextTokenizer tokenizer(JsonlSettings settings) {
        return switch (settings.tokenizer()) {
            case "bytes" -> new ByteTokenizer();
            case "arithmetic" -> CharTokenizer.arithmetic();
            default -> HuggingFaceTextTokenizer.load(Path.of(settings.tokenizer()), settings.stopTokens());
        };
    }

    @Override
    public String name() {
        return "jsonl";
    }

    @Override
    public TextTokenizer tokenizer() {
        return tokenizer;
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException if every problem is held out
     */
    @Override
    public Prompt trainingPrompt(long sequence) {
        return training.get(order(Purpose.TRAINING_ORDER).at(sequence)).prompt();
    }

    @Override
    public List<Prompt> heldOut() {
        return heldOut;
    }

    @Override
    public AnswerVerifier verifier() {
        return verifier;
    }

    /** The answers of the training problems, each once an epoch, in an order of their own. */
    @Override
    public Optional<Demonstrations> demonstrations() {
        if (settings.demonstrations() == Demonstrated.NONE) {
            return Optional.empty();
        }
        return Optional.of(new Demonstrations() {
            @Override
            public Demonstration get(long index) {
                return demonstration(index);
            }

            @Override
            public int telling() {
                return Math.max(1, training.size());
            }
        });
    }

    private Demonstration demonstration(long index) {
        Row row = training.get(order(Purpose.DEMONSTRATION).at(index));
        return new Demonstration(row.prompt(), row.completion());
    }

    private EpochOrder order(Purpose purpose) {
        if (training.isEmpty()) {
            throw new IllegalStateException(
                    "all problems are held out, so there is none to train on: held-out-share is "
                            + settings.heldOutShare() + " (freshet.task.jsonl.held-out-share)");
        }
        return new EpochOrder(seed, purpose, training.size());
    }
}
