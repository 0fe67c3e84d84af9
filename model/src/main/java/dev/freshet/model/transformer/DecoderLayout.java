package dev.freshet.model.transformer;

import java.util.ArrayList;
import java.util.List;

/**
 * Names and shapes of a decoder's parameters, in the order in which its program takes them. Names are those of Hugging Face
 * Llama checkpoints; the matrices that are always multiplied together stand as one, named as vLLM names them.
 */
final class DecoderLayout {
    /** One parameter; {@code fanIn} is 0 for norm gains, which start at 1. */
    record Parameter(String name, List<Long> shape, int fanIn) {
        boolean isMatrix() {
            return shape.size() == 2;
        }

        int size() {
            return Math.toIntExact(shape.stream().reduce(1L, Math::multiplyExact));
        }
    }

    private DecoderLayout() {}

    static List<Parameter> of(DecoderConfig config) {
        int width = config.width();
        int attention = config.heads() * config.headWidth();
        int keyValues = config.keyValueHeads() * config.headWidth();
        List<Parameter> parameters = new ArrayList<>();
        parameters.add(embedding(config));
        for (int layer = 0; layer < config.layers(); layer++) {
            String prefix = "model.layers." + layer + ".";
            parameters.add(gain(prefix + "input_layernorm.weight", width));
            parameters.add(matrix(prefix + "self_attn.qkv_proj.weight", attention + 2 * keyValues, width));
            parameters.add(matrix(prefix + "self_attn.o_proj.weight", width, attention));
            parameters.add(gain(prefix + "post_attention_layernorm.weight", width));
            parameters.add(matrix(prefix + "mlp.gate_up_proj.weight", 2 * config.feedForward(), width));
            parameters.add(matrix(prefix + "mlp.down_proj.weight", width, config.feedForward()));
        }
        parameters.add(gain("model.norm.weight", width));
        if (!config.tiedHead()) {
            parameters.add(matrix("lm_head.weight", config.vocabulary(), width));
        }
        return parameters;
    }

    private static Parameter embedding(DecoderConfig config) {
        return matrix("model.embed_tokens.weight", config.vocabulary(), config.width());
    }

    private static Parameter matrix(String name, int out, int in) {
        return new Parameter(name, List.of((long) out, (long) in), in);
    }

    private static Parameter gain(String name, int width) {
        return new Parameter(name, List.of((long) width), 0);
    }
}
