package dev.freshet.model.dataset;

import dev.freshet.model.dataset.BadLineException.Fault;
import dev.freshet.model.task.EpochOrder;
import dev.freshet.model.task.JsonFields;
import dev.freshet.model.task.KeyedRandom.Purpose;
import dev.freshet.model.text.TextTokenizer;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A file of examples, one JSON object a line, in an order of its own in each epoch. The file stays on the disk: what is held is where its
 * lines begin, and which line comes when is computed ({@link EpochOrder}), so that a run goes on anywhere without what came before. Methods
 * may be called from any thread.
 */
public final class Dataset implements AutoCloseable {
    private final DatasetSettings settings;
    private final ExampleLines lines;
    private final ExampleTokeniser tokeniser;
    private final LineIndex index;
    private final EpochOrder order;
    private final DatasetFile file;

    private Dataset(
            DatasetSettings settings,
            ExampleLines lines,
            ExampleTokeniser tokeniser,
            LineIndex index,
            EpochOrder order,
            DatasetFile file) {
        this.settings = settings;
        this.lines = lines;
        this.tokeniser = tokeniser;
        this.index = index;
        this.order = order;
        this.file = file;
    }

    /**
     * Reads the whole file once, to find its lines.
     *
     * @param kind of its examples
     * @param seed of the order
     * @param templates of a dataset of forget pairs; else {@link Templates#NONE}
     * @throws IllegalArgumentException if there is no such file, it cannot be read, or has no line
     */
    public static Dataset open(
            DatasetSettings settings, ExampleKind kind, TextTokenizer tokenizer, long seed, Templates templates) {
        DatasetFile file = DatasetFile.open(settings.path(), kind);
        LineIndex index = file.index();
        return new Dataset(
                settings,
                new ExampleLines(kind, settings.conversation()),
                new ExampleTokeniser(tokenizer, settings.length(), settings.end(), templates),
                index,
                new EpochOrder(seed, Purpose.DATASET_ORDER, index.size()),
                file);
    }

    /** Examples of an epoch, those of bad lines included. */
    public long size() {
        return index.size();
    }

    /** SHA-256 of the file, in lower-case hexadecimal digits. */
    public String digest() {
        return index.sha256();
    }

    /** Of what kind its examples are. */
    public ExampleKind kind() {
        return lines.kind();
    }

    /** Which example comes when. */
    public AdmittedExample admitted(long sequence) {
        return new AdmittedExample(sequence, sequence / index.size(), order.at(sequence));
    }

    /** The example of an id, as it enters first if the file is gone through in its own order: for whoever needs no other. */
    public AdmittedExample inFileOrder(long id) {
        return new AdmittedExample(id, 0, id);
    }

    /**
     * Reads and tokenises an example; blocks for the disk.
     *
     * @throws BadLineException if its line cannot be used
     * @throws IOException if the disk does not give it
     */
    public TokenisedExample read(AdmittedExample admitted) throws BadLineException, IOException {
        int line = Math.toIntExact(admitted.id());
        if (index.bytes(line) > settings.maxLineBytes()) {
            throw bad(
                    line,
                    Fault.TOO_LONG,
                    "must have at most " + settings.maxLineBytes() + " bytes, had " + index.bytes(line)
                            + " (freshet.dataset.max-line-bytes)",
                    null);
        }
        byte[] bytes = file.bytes(index.start(line), (int) index.bytes(line));
        try {
            return tokeniser.tokenise(admitted, lines.read(JsonFields.object(bytes)));
        } catch (TooLongException e) {
            throw bad(line, Fault.TOO_LONG, String.valueOf(e.getMessage()), e);
        } catch (IllegalArgumentException e) {
            throw bad(line, Fault.MALFORMED, String.valueOf(e.getMessage()), e);
        } catch (IOException e) { // Of the parser, since the bytes are in memory: they are no UTF-8.
            throw bad(line, Fault.MALFORMED, "not JSON: " + e.getMessage(), e);
        }
    }

    private BadLineException bad(int line, Fault fault, String why, @Nullable Exception cause) {
        return new BadLineException(fault, file.name() + ":" + index.number(line) + ": " + why, cause);
    }

    @Override
    public void close() {
        file.close();
    }
}
