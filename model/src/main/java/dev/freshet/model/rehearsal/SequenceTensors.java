package dev.freshet.model.rehearsal;

import dev.freshet.model.rollout.LogProbs;
import dev.freshet.model.rollout.RehearsalSequence;
import dev.freshet.model.rollout.Tokens;
import dev.freshet.model.safetensors.SafetensorsFile;
import dev.freshet.model.safetensors.SafetensorsWriter;
import dev.freshet.model.safetensors.TensorData;
import dev.freshet.model.safetensors.TensorData.ElementType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Rehearsal sequences as five tensors: the lengths of each, and all tokens and log-probs behind each other. */
final class SequenceTensors {
    static final String NAME = "sequences.safetensors";

    private static final String PROMPT_LENGTHS = "prompt_lengths"; // (sequences,)
    private static final String COMPLETION_LENGTHS = "completion_lengths"; // (sequences,)
    private static final String PROMPT_TOKENS = "prompt_tokens"; // (all prompt tokens,)
    private static final String COMPLETION_TOKENS = "completion_tokens"; // (all completion tokens,)
    private static final String LOG_PROBS = "log_probs"; // (all completion tokens,)

    private SequenceTensors() {}

    static void write(Path directory, List<RehearsalSequence> sequences) throws IOException {
        List<TensorData> tensors = List.of(
                integers(
                        PROMPT_LENGTHS,
                        sequences.stream().mapToInt(s -> s.prompt().size()).toArray()),
                integers(
                        COMPLETION_LENGTHS,
                        sequences.stream().mapToInt(s -> s.completion().size()).toArray()),
                integers(
                        PROMPT_TOKENS,
                        sequences.stream()
                                .map(RehearsalSequence::prompt)
                                .flatMapToInt(tokens -> Arrays.stream(tokens.toArray()))
                                .toArray()),
                integers(
                        COMPLETION_TOKENS,
                        sequences.stream()
                                .map(RehearsalSequence::completion)
                                .flatMapToInt(tokens -> Arrays.stream(tokens.toArray()))
                                .toArray()),
                logProbs(sequences));
        SafetensorsWriter.write(directory.resolve(NAME), tensors, Map.of("format", "pt"));
    }

    /**
     * @param temperature of all
     * @throws IllegalArgumentException if the tensors are not those of sequences
     */
    static List<RehearsalSequence> read(Path directory, double temperature) throws IOException {
        SafetensorsFile file = SafetensorsFile.open(directory.resolve(NAME));
        IntBuffer promptLengths = integers(file, PROMPT_LENGTHS);
        IntBuffer completionLengths = integers(file, COMPLETION_LENGTHS);
        IntBuffer promptTokens = integers(file, PROMPT_TOKENS);
        IntBuffer completionTokens = integers(file, COMPLETION_TOKENS);
        FloatBuffer logProbs = tensor(file, LOG_PROBS, ElementType.F32).asFloatBuffer();
        if (promptLengths.remaining() != completionLengths.remaining()) {
            throw new IllegalArgumentException(NAME + " must have as many lengths of prompts as of completions, had "
                    + promptLengths.remaining() + " and " + completionLengths.remaining());
        }
        List<RehearsalSequence> sequences = new ArrayList<>();
        while (promptLengths.hasRemaining()) {
            int completion = completionLengths.get();
            Tokens prompt = tokens(promptTokens, promptLengths.get(), PROMPT_TOKENS);
            Tokens sampled = tokens(completionTokens, completion, COMPLETION_TOKENS);
            float[] anchor = new float[requireLeft(completion, logProbs.remaining(), LOG_PROBS)];
            logProbs.get(anchor);
            sequences.add(new RehearsalSequence(prompt, sampled, LogProbs.of(anchor), temperature));
        }
        if (promptTokens.hasRemaining() || completionTokens.hasRemaining() || logProbs.hasRemaining()) {
            throw new IllegalArgumentException(
                    NAME + " must end with its last sequence, had " + promptTokens.remaining()
                            + ", " + completionTokens.remaining() + " and " + logProbs.remaining()
                            + " more prompt tokens, completion tokens and log-probs");
        }
        return sequences;
    }

    private static TensorData integers(String name, int[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(values.length, Integer.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.asIntBuffer().put(values);
        return new TensorData(name, ElementType.I32, List.of((long) values.length), bytes);
    }

    private static TensorData logProbs(List<RehearsalSequence> sequences) {
        int tokens = sequences.stream().mapToInt(SequenceTensors::length).sum();
        ByteBuffer bytes =
                ByteBuffer.allocate(Math.multiplyExact(tokens, Float.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
        FloatBuffer floats = bytes.asFloatBuffer();
        for (RehearsalSequence sequence : sequences) {
            for (int token = 0; token < sequence.anchor().size(); token++) {
                floats.put(sequence.anchor().get(token));
            }
        }
        return new TensorData(LOG_PROBS, ElementType.F32, List.of((long) tokens), bytes);
    }

    private static int length(RehearsalSequence sequence) {
        return sequence.completion().size();
    }

    private static IntBuffer integers(SafetensorsFile file, String name) {
        return tensor(file, name, ElementType.I32).asIntBuffer();
    }

    private static ByteBuffer tensor(SafetensorsFile file, String name, ElementType type) {
        TensorData tensor = file.tensor(name)
                .orElseThrow(() -> new IllegalArgumentException(NAME + " must have a tensor " + name + ", had none"));
        if (tensor.type() != type) {
            throw new IllegalArgumentException(
                    NAME + ": tensor " + name + " must be of " + type + ", was of " + tensor.type());
        }
        return tensor.bytes();
    }

    private static Tokens tokens(IntBuffer from, int length, String name) {
        int[] ids = new int[requireLeft(length, from.remaining(), name)];
        from.get(ids);
        return Tokens.of(ids);
    }

    private static int requireLeft(int length, int left, String name) {
        if (length < 0 || length > left) {
            throw new IllegalArgumentException(
                    NAME + ": tensor " + name + " must have a sequence's length left, " + length + ", had " + left);
        }
        return length;
    }
}
