package dev.freshet.model.trajectory;

import dev.freshet.model.rollout.Tokens;
import dev.freshet.model.safetensors.TensorData;
import dev.freshet.model.safetensors.TensorData.ElementType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A store as tensors of a checkpoint, so that a resumed run looks back on what the one before it said. Of each epoch E:
 *
 * <pre>
 *   trajectory.E.example, .place, .length      of each sequence: its key, and its tokens
 *   trajectory.E.events, .kept_each            log-probs and kept ids at each of those
 *   trajectory.E.completion                    the tokens, one sequence behind the other
 *   trajectory.E.log_probs, .kept              likewise
 *   trajectory.temperature                     at which all of them were taken
 * </pre>
 */
public final class OutputTensors {
    private static final String PREFIX = "trajectory.";
    private static final String EXAMPLE = ".example";
    private static final String PLACE = ".place";
    private static final String LENGTH = ".length";
    private static final String EVENTS = ".events";
    private static final String COMPLETION = ".completion";
    private static final String LOG_PROBS = ".log_probs";
    private static final String KEPT = ".kept";
    private static final String KEPT_EACH = ".kept_each";
    private static final String TEMPERATURE = PREFIX + "temperature";
    private static final Comparator<OutputStore.Key> ORDER =
            Comparator.comparingLong(OutputStore.Key::example).thenComparingInt(OutputStore.Key::place);

    private OutputTensors() {}

    /** {@link #fill} reads them back bit for bit. */
    public static List<TensorData> of(OutputStore store) {
        List<TensorData> tensors = new ArrayList<>();
        store.forEachEpoch((epoch, outputs) -> tensors.addAll(epoch(PREFIX + epoch, outputs)));
        if (!tensors.isEmpty()) {
            ByteBuffer temperature = bytes(1, Double.BYTES).putDouble(store.temperature());
            tensors.add(row(TEMPERATURE, ElementType.F64, temperature));
        }
        return tensors;
    }

    private static List<TensorData> epoch(String name, Map<OutputStore.Key, PastOutputs> outputs) {
        Map<OutputStore.Key, PastOutputs> ordered = new TreeMap<>(ORDER);
        ordered.putAll(outputs);
        int tokens = 0;
        int logProbs = 0;
        int kept = 0;
        for (PastOutputs each : ordered.values()) {
            tokens = Math.addExact(tokens, each.completion().size());
            logProbs = Math.addExact(logProbs, each.events() * each.completion().size());
            kept = Math.addExact(kept, each.keptPerToken() * each.completion().size());
        }
        ByteBuffer examples = bytes(ordered.size(), Long.BYTES);
        ByteBuffer places = bytes(ordered.size(), Integer.BYTES);
        ByteBuffer lengths = bytes(ordered.size(), Integer.BYTES);
        ByteBuffer events = bytes(ordered.size(), Integer.BYTES);
        ByteBuffer keptEach = bytes(ordered.size(), Integer.BYTES);
        ByteBuffer completions = bytes(tokens, Integer.BYTES);
        ByteBuffer allLogProbs = bytes(logProbs, Float.BYTES);
        ByteBuffer allKept = bytes(kept, Integer.BYTES);
        ordered.forEach((key, each) -> {
            examples.putLong(key.example());
            places.putInt(key.place());
            lengths.putInt(each.completion().size());
            events.putInt(each.events());
            keptEach.putInt(each.keptPerToken());
            put(completions, each.completion().toArray());
            float[] ownLogProbs = new float[each.events() * each.completion().size()];
            each.copyLogProbs(ownLogProbs, 0);
            for (float logProb : ownLogProbs) {
                allLogProbs.putFloat(logProb);
            }
            long[] ownKept = new long[each.keptPerToken() * each.completion().size()];
            each.copyKept(ownKept, 0);
            for (long id : ownKept) {
                allKept.putInt((int) id);
            }
        });
        return List.of(
                row(name + EXAMPLE, ElementType.I64, examples),
                row(name + PLACE, ElementType.I32, places),
                row(name + LENGTH, ElementType.I32, lengths),
                row(name + EVENTS, ElementType.I32, events),
                row(name + KEPT_EACH, ElementType.I32, keptEach),
                row(name + COMPLETION, ElementType.I32, completions),
                row(name + LOG_PROBS, ElementType.F32, allLogProbs),
                row(name + KEPT, ElementType.I32, allKept));
    }

    /**
     * Fills a store, unless the tensors are of another temperature, at which nothing can be compared.
     *
     * @param tensors those of {@link #of} among any others
     * @throws IllegalArgumentException if one of them is missing or is not of its kind
     */
    public static void fill(OutputStore store, List<TensorData> tensors) {
        Map<String, TensorData> byName = tensors.stream()
                .filter(tensor -> tensor.name().startsWith(PREFIX))
                .collect(Collectors.toMap(TensorData::name, Function.identity()));
        if (byName.isEmpty() || bytes(byName, TEMPERATURE, ElementType.F64).getDouble() != store.temperature()) {
            return;
        }
        byName.keySet().stream()
                .filter(name -> name.endsWith(EXAMPLE))
                .map(name -> name.substring(PREFIX.length(), name.length() - EXAMPLE.length()))
                .mapToLong(OutputTensors::epochNumber)
                .sorted()
                .forEach(epoch -> fill(store, epoch, byName));
    }

    private static long epochNumber(String name) {
        try {
            return Long.parseLong(name);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("an epoch of remembered outputs must be a number, was " + name, e);
        }
    }

    private static void fill(OutputStore store, long epoch, Map<String, TensorData> tensors) {
        String name = PREFIX + epoch;
        ByteBuffer examples = bytes(tensors, name + EXAMPLE, ElementType.I64);
        ByteBuffer places = bytes(tensors, name + PLACE, ElementType.I32);
        ByteBuffer lengths = bytes(tensors, name + LENGTH, ElementType.I32);
        ByteBuffer events = bytes(tensors, name + EVENTS, ElementType.I32);
        ByteBuffer keptEach = bytes(tensors, name + KEPT_EACH, ElementType.I32);
        ByteBuffer completions = bytes(tensors, name + COMPLETION, ElementType.I32);
        ByteBuffer logProbs = bytes(tensors, name + LOG_PROBS, ElementType.F32);
        ByteBuffer kept = bytes(tensors, name + KEPT, ElementType.I32);
        while (examples.hasRemaining()) {
            OutputStore.Key key = new OutputStore.Key(examples.getLong(), places.getInt());
            int length = lengths.getInt();
            int each = events.getInt();
            Tokens completion = Tokens.of(integers(completions, length));
            float[] own = floats(logProbs, each * length);
            int keptIds = keptEach.getInt();
            PastOutputs outputs = keptIds == 0
                    ? PastOutputs.whole(completion, own)
                    : PastOutputs.coarse(completion, own, integers(kept, keptIds * length));
            store.remember(epoch, key, outputs);
        }
    }

    private static ByteBuffer bytes(Map<String, TensorData> tensors, String name, ElementType type) {
        TensorData tensor = tensors.get(name);
        if (tensor == null || tensor.type() != type || tensor.shape().size() != 1) {
            throw new IllegalArgumentException("remembered outputs must have a tensor " + name + ", " + type
                    + " and a row, had " + (tensor == null ? "none" : tensor.type() + " of shape " + tensor.shape()));
        }
        return tensor.bytes().order(ByteOrder.LITTLE_ENDIAN);
    }

    private static int[] integers(ByteBuffer bytes, int count) {
        int[] values = new int[count];
        for (int i = 0; i < count; i++) {
            values[i] = bytes.getInt();
        }
        return values;
    }

    private static float[] floats(ByteBuffer bytes, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = bytes.getFloat();
        }
        return values;
    }

    private static void put(ByteBuffer bytes, int[] values) {
        for (int value : values) {
            bytes.putInt(value);
        }
    }

    private static ByteBuffer bytes(int count, int each) {
        return ByteBuffer.allocate(Math.multiplyExact(count, each)).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static TensorData row(String name, ElementType type, ByteBuffer bytes) {
        ByteBuffer written = bytes.flip();
        return new TensorData(name, type, List.of((long) written.remaining() / type.bytes()), written);
    }
}
