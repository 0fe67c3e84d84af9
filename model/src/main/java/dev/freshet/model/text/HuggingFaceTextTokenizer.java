package dev.freshet.model.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.LibUtils;
import dev.freshet.model.rollout.Tokens;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Any tokenizer that a Hugging Face {@code tokenizer.json} describes, run by the native tokenizers library. Nothing is fetched.
 *
 * <p>The library turns the text of a special token, such as {@code <eos>}, into that token wherever it stands. A prompt from a
 * data set could so end a completion or open a turn; here such text is cut after its first character and encoded in pieces, and
 * reads the same when decoded.
 */
public final class HuggingFaceTextTokenizer implements TextTokenizer, AutoCloseable {
    private static final int MOST_QUOTED = 60;

    private final HuggingFaceTokenizer tokenizer;
    private final TokenizerFile file;
    private final Set<Integer> forbidden;
    private final Set<Integer> stops;

    private HuggingFaceTextTokenizer(HuggingFaceTokenizer tokenizer, TokenizerFile file, Set<Integer> stops) {
        this.tokenizer = tokenizer;
        this.file = file;
        this.stops = Collections.unmodifiableSet(stops);
        Set<Integer> specials = new HashSet<>(file.special().values());
        file.unknown().map(file.ids()::get).ifPresent(specials::add);
        this.forbidden = Set.copyOf(specials);
    }

    /**
     * Loads the native library, which {@link #load} does otherwise: unpacked once, it is found also where nothing can be written.
     *
     * @throws LinkageError or a {@link RuntimeException} if it does not load
     */
    public static void loadLibrary() {
        // On a host with a GPU the library would otherwise fetch a CUDA build of itself; text needs none.
        if (System.getenv("RUST_FLAVOR") == null && System.getProperty("RUST_FLAVOR") == null) {
            System.setProperty("RUST_FLAVOR", "cpu");
        }
        LibUtils.checkStatus();
    }

    /**
     * @param path a {@code tokenizer.json}
     * @param stopTexts the tokens that end a completion, by their text, the preferred one first; if empty, the
     *     {@code eos_token} of the {@code tokenizer_config.json} beside the file
     * @throws IllegalArgumentException if the file is missing or damaged, or a stop token is not in it
     */
    public static HuggingFaceTextTokenizer load(Path path, List<String> stopTexts) {
        TokenizerFile file = TokenizerFile.read(path);
        Set<Integer> stops = stops(path, file, stopTexts.isEmpty() ? TokenizerFile.namedEndToken(path) : stopTexts);
        HuggingFaceTextTokenizer tokenizer = new HuggingFaceTextTokenizer(open(path), file, stops);
        tokenizer.requireTheNumbersOf(path);
        return tokenizer;
    }

    /** The library numbers added tokens anew if the file's numbers leave gaps; stop tokens would then be other tokens. */
    private void requireTheNumbersOf(Path path) {
        for (Map.Entry<String, Integer> special : file.special().entrySet()) {
            String text = special.getKey();
            int id = special.getValue();
            String read = tokenizer.decode(new long[] {id}, false);
            if (!read.strip().equals(text.strip())) {
                close();
                throw new IllegalArgumentException("the token " + id + " must be \"" + text + "\", as " + path
                        + " says, but the library reads it as \"" + read
                        + "\": number the file's added tokens without gaps");
            }
        }
    }

    private static Set<Integer> stops(Path path, TokenizerFile file, List<String> stopTexts) {
        if (stopTexts.isEmpty()) {
            throw new IllegalArgumentException("a tokenizer must have a stop token: name it in the settings, or put a"
                    + " tokenizer_config.json with an eos_token beside " + path);
        }
        Set<Integer> stops = new LinkedHashSet<>();
        for (String text : stopTexts) {
            Integer id = file.ids().get(text);
            if (id == null) {
                throw new IllegalArgumentException(
                        "the stop token \"" + text + "\" is not in " + path + "; its special tokens are "
                                + new TreeSet<>(file.special().keySet()));
            }
            stops.add(id);
        }
        return stops;
    }

    private static HuggingFaceTokenizer open(Path path) {
        try {
            loadLibrary();
            return HuggingFaceTokenizer.builder()
                    .optTokenizerPath(path)
                    .optAddSpecialTokens(false)
                    .optPadding(false)
                    .optTruncation(false)
                    .build();
        } catch (IOException e) {
            throw new UncheckedIOException(path + " cannot be read: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            // The library's own errors come as bare RuntimeExceptions.
            throw new IllegalArgumentException(path + " is not a usable tokenizer.json: " + e.getMessage(), e);
        }
    }

    @Override
    public Tokens encode(String text) {
        int[] ids = new int[0];
        int start = 0;
        for (int cut : cuts(text)) {
            ids = joined(ids, encodePiece(text.substring(start, cut)));
            start = cut;
        }
        return Tokens.of(joined(ids, encodePiece(text.substring(start))));
    }

    /** Places inside each occurrence of a special token's text, in ascending order; none in nearly every text. */
    private Set<Integer> cuts(String text) {
        Set<Integer> cuts = new TreeSet<>();
        for (String special : file.special().keySet()) {
            if (special.codePointCount(0, special.length()) < 2) {
                continue;
            }
            for (int at = text.indexOf(special); at >= 0; at = text.indexOf(special, at + 1)) {
                cuts.add(at + Character.charCount(special.codePointAt(0)));
            }
        }
        return cuts;
    }

    private int[] encodePiece(String piece) {
        int[] ids = Arrays.stream(idsOf(piece)).mapToInt(Math::toIntExact).toArray();
        for (int id : ids) {
            if (forbidden.contains(id)) {
                throw new IllegalArgumentException("no token for part of \"" + beginning(piece)
                        + "\": it becomes the special token " + decode(Tokens.of(id)));
            }
        }
        return ids;
    }

    private long[] idsOf(String piece) {
        try {
            return tokenizer.encode(piece, false, false).getIds();
        } catch (RuntimeException e) {
            // The library's own errors come as bare RuntimeExceptions, as for a token that stands for unknown ones and
            // is not there.
            throw new IllegalArgumentException(
                    "no token for part of \"" + beginning(piece) + "\": " + e.getMessage(), e);
        }
    }

    /** A refusal goes to whoever sent the text, by ways on which not every text has room. */
    private static String beginning(String text) {
        return text.length() <= MOST_QUOTED ? text : text.substring(0, MOST_QUOTED) + "...";
    }

    private static int[] joined(int[] head, int[] tail) {
        int[] all = Arrays.copyOf(head, head.length + tail.length);
        System.arraycopy(tail, 0, all, head.length, tail.length);
        return all;
    }

    @Override
    public String decode(Tokens tokens) {
        long[] ids = new long[tokens.size()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = TokenIds.checked(tokens.get(i), vocabularySize());
        }
        return tokenizer.decode(ids, false);
    }

    @Override
    public int vocabularySize() {
        return file.vocabularySize();
    }

    /** {@inheritDoc} Iterates with the preferred stop token first. */
    @Override
    public Set<Integer> stopTokens() {
        return stops;
    }

    /** Frees the native tokenizer; nothing may be encoded or decoded afterwards. */
    @Override
    public void close() {
        tokenizer.close();
    }
}
