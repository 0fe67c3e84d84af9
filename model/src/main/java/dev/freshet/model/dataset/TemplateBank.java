package dev.freshet.model.dataset;

import com.typesafe.config.Config;
import dev.freshet.model.task.KeyedRandom;
import dev.freshet.model.task.KeyedRandom.Purpose;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Answers to give in place of what is to be forgotten, of which each example is given one anew whenever it is learnt from. Which one, seed
 * and admission number alone decide.
 */
public final class TemplateBank implements Templates {
    /** The shipped sentences, beside this class among the resources. */
    static final String SHIPPED = "templates.txt";

    private static final String KEY = "freshet.unlearning.templates";

    private final List<String> templates;
    private final long seed;

    private TemplateBank(List<String> templates, long seed) {
        this.templates = templates;
        this.seed = seed;
    }

    /**
     * Reads what {@code freshet.unlearning.templates} of a whole configuration names: a file with one template a line, or the shipped ones
     * if it is empty. Blank lines are passed over.
     *
     * @throws IllegalArgumentException if there is no such file, or no template in it
     */
    public static TemplateBank from(Config config) {
        String file = config.getString(KEY);
        List<String> templates = (file.isEmpty() ? shipped() : read(Path.of(file)))
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
        if (templates.isEmpty()) {
            throw new IllegalArgumentException(file + " must have at least one template, had none (" + KEY + ")");
        }
        return new TemplateBank(templates, config.getLong("freshet.train.seed"));
    }

    @Override
    public String of(AdmittedExample example) {
        KeyedRandom random = KeyedRandom.at(seed, Purpose.TEMPLATE, example.sequence());
        return templates.get(random.below(templates.size()));
    }

    /** In the order of their file. */
    public List<String> all() {
        return templates;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new IllegalArgumentException(file + " cannot be read: " + e + " (" + KEY + ")", e);
        }
    }

    private static String shipped() {
        try (InputStream stream = TemplateBank.class.getResourceAsStream(SHIPPED)) {
            if (stream == null) {
                throw new IllegalStateException(SHIPPED + " is missing from the class path: rebuild");
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(SHIPPED + " cannot be read from the class path: rebuild", e);
        }
    }
}
