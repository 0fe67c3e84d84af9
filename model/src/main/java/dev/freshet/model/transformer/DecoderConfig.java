package dev.freshet.model.transformer;

import com.typesafe.config.Config;
import java.util.Map;
import java.util.TreeMap;

/**
 * The shape of a Llama-style decoder.
 *
 * @param layers number of layers
 * @param width of the residual stream
 * @param heads query heads
 * @param keyValueHeads heads of keys and values; divides {@code heads} (grouped-query attention when fewer)
 * @param feedForward width of the gated feed-forward part
 * @param vocabulary number of token ids
 * @param maxLength longest sequence, prompt and completion together, in tokens
 * @param ropeBase base of the rotary positions' wavelengths
 * @param normEpsilon of RMSNorm
 * @param tiedHead whether the output head is the embedding
 */
public record DecoderConfig(
        int layers,
        int width,
        int heads,
        int keyValueHeads,
        int feedForward,
        int vocabulary,
        int maxLength,
        double ropeBase,
        double normEpsilon,
        boolean tiedHead) {

    /** {@code freshet.model.*}, but for the vocabulary, which is the tokenizer's. */
    public static DecoderConfig from(Config model, int vocabulary) {
        return new DecoderConfig(
                model.getInt("layers"),
                model.getInt("width"),
                model.getInt("heads"),
                model.getInt("key-value-heads"),
                model.getInt("feed-forward"),
                vocabulary,
                model.getInt("max-length"),
                model.getDouble("rope-base"),
                model.getDouble("norm-epsilon"),
                model.getBoolean("tied-head"));
    }

    public DecoderConfig {
        requireAtLeastOne(layers, "layers");
        requireAtLeastOne(width, "width");
        requireAtLeastOne(heads, "heads");
        requireAtLeastOne(keyValueHeads, "key-value-heads");
        requireAtLeastOne(feedForward, "feed-forward");
        requireAtLeastOne(vocabulary, "vocabulary");
        if (maxLength < 2) {
            throw new IllegalArgumentException(
                    "max-length must be at least 2, a prompt token and a completion token, was " + maxLength
                            + " (freshet.model.max-length)");
        }
        if (width % heads != 0 || width / heads % 2 != 0) {
            throw new IllegalArgumentException("width must be an even multiple of heads, for rotary positions, was "
                    + width + " with " + heads + " heads (freshet.model.width, freshet.model.heads)");
        }
        if (heads % keyValueHeads != 0) {
            throw new IllegalArgumentException("heads must be a multiple of key-value-heads, was " + heads + " with "
                    + keyValueHeads + " (freshet.model.heads, freshet.model.key-value-heads)");
        }
        if (!(ropeBase > 1) || !(normEpsilon > 0)) {
            throw new IllegalArgumentException("rope-base must be above 1 and norm-epsilon above 0, were " + ropeBase
                    + " and " + normEpsilon + " (freshet.model.rope-base, freshet.model.norm-epsilon)");
        }
    }

    public int headWidth() {
        return width / heads;
    }

    /** The same decoder for sequences of at most {@code length} tokens. */
    public DecoderConfig withMaxLength(int length) {
        return new DecoderConfig(
                layers, width, heads, keyValueHeads, feedForward, vocabulary, length, ropeBase, normEpsilon, tiedHead);
    }

    /** As checkpoints keep it; {@link #fromDescription} reads it back. */
    public Map<String, String> toDescription() {
        Map<String, String> description = new TreeMap<>();
        description.put("layers", Integer.toString(layers));
        description.put("width", Integer.toString(width));
        description.put("heads", Integer.toString(heads));
        description.put("key_value_heads", Integer.toString(keyValueHeads));
        description.put("feed_forward", Integer.toString(feedForward));
        description.put("vocabulary", Integer.toString(vocabulary));
        description.put("max_length", Integer.toString(maxLength));
        description.put("rope_base", Double.toString(ropeBase));
        description.put("norm_epsilon", Double.toString(normEpsilon));
        description.put("tied_head", Boolean.toString(tiedHead));
        return description;
    }

    /** @throws IllegalArgumentException if an entry is missing or is no number */
    public static DecoderConfig fromDescription(Map<String, String> description) {
        return new DecoderConfig(
                Integer.parseInt(entry(description, "layers")),
                Integer.parseInt(entry(description, "width")),
                Integer.parseInt(entry(description, "heads")),
                Integer.parseInt(entry(description, "key_value_heads")),
                Integer.parseInt(entry(description, "feed_forward")),
                Integer.parseInt(entry(description, "vocabulary")),
                Integer.parseInt(entry(description, "max_length")),
                Double.parseDouble(entry(description, "rope_base")),
                Double.parseDouble(entry(description, "norm_epsilon")),
                Boolean.parseBoolean(entry(description, "tied_head")));
    }

    private static String entry(Map<String, String> description, String name) {
        String value = description.get(name);
        if (value == null) {
            throw new IllegalArgumentException(
                    "the checkpoint's model description must have an entry " + name + ", had " + description.keySet());
        }
        return value;
    }

    private static void requireAtLeastOne(int value, String key) {
        if (value < 1) {
            throw new IllegalArgumentException(
                    key + " must be at least 1, was " + value + " (freshet.model." + key + ")");
        }
    }
}
