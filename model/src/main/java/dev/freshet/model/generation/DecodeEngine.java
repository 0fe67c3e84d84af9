package dev.freshet.model.generation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.freshet.model.engine.ArrayKind;
import dev.freshet.model.engine.OpenedSoFar;
import dev.freshet.model.engine.OwnedArray;
import dev.freshet.model.rollout.FinishReason;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.transformer.DecoderConfig;
import dev.freshet.model.transformer.DecoderProgram;
import dev.freshet.model.transformer.DecoderProgram.DecodeBuffers;
import dev.freshet.model.weights.WeightSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Continuous batching over a key-value cache: {@link #admit} prefills a prompt once for its whole group, {@link #decodeChunk} samples
 * up to K tokens for every row in use, retires what is finished and moves the rest together. Confined to one engine thread.
 */
final class DecodeEngine implements AutoCloseable {
    /** Positions of one pass of a prefill; a prompt that is longer takes one of its own. */
    private static final int PREFILLED_AT_ONCE = 1 << 14;

    private static final double NANOS_PER_SECOND = 1e9;

    private final GenerationSettings settings;
    private final Set<Integer> stopTokens;
    private final long seed;
    private final DecoderProgram program;
    private final WeightSource source;
    private final KeyValueCache cache;
    private final NDManager manager;
    private final DecodeBuffers buffers;
    private final List<RolloutInProgress> rows = new ArrayList<>();
    private SamplingWeights weights;
    private GenerationCounts counts = GenerationCounts.NONE;

    private DecodeEngine(
            GenerationSettings settings,
            Set<Integer> stopTokens,
            long seed,
            WeightSource source,
            DecoderProgram program,
            KeyValueCache cache,
            NDManager manager) {
        this.settings = settings;
        this.stopTokens = Set.copyOf(stopTokens);
        this.seed = seed;
        this.source = source;
        this.program = program;
        this.cache = cache;
        this.manager = manager;
        this.buffers = buffers(manager);
        this.weights = lease();
    }

    static DecodeEngine open(
            DecoderConfig config,
            GenerationSettings settings,
            Set<Integer> stopTokens,
            long seed,
            WeightSource source) {
        try (OpenedSoFar opened = new OpenedSoFar()) {
            DecoderProgram program = opened.add(DecoderProgram.load(config, settings.flavour(), settings.device()));
            KeyValueCache cache = opened.add(KeyValueCache.allocate(config, settings.slots(), settings.device()));
            NDManager manager = opened.add(settings.device().newManager(ArrayKind.DECODING));
            DecodeEngine engine = new DecodeEngine(settings, stopTokens, seed, source, program, cache, manager);
            opened.keep();
            return engine;
        }
    }

    PolicyVersion version() {
        return weights.version();
    }

    GenerationCounts counts() {
        return counts;
    }

    boolean isIdle() {
        return rows.isEmpty();
    }

    int freeSlots() {
        return settings.slots() - rows.size();
    }

    /**
     * Takes up the newest version if there is one, as {@link OnNewVersion} says. Only between chunks: no version is ever mixed.
     *
     * @return what that took, or empty if there is no newer version
     */
    Optional<WeightSwap> swapIfNewer() {
        if (settings.onNewVersion() == OnNewVersion.STAY
                || (settings.onNewVersion() == OnNewVersion.WHEN_IDLE && !isIdle())
                || source.newest()
                        .filter(newest -> newest.compareTo(version()) > 0)
                        .isEmpty()) {
            return Optional.empty();
        }
        long start = System.nanoTime();
        weights.close();
        long givenBack = System.nanoTime();
        weights = lease();
        long copied = System.nanoTime();
        counts = counts.plus(new GenerationCounts(0, 0, 0, 0, 1));
        if (settings.onNewVersion() == OnNewVersion.RECOMPUTE && !rows.isEmpty()) {
            recomputeCache();
        }
        long copying = copied - givenBack;
        return Optional.of(new WeightSwap(
                version(), copying / NANOS_PER_SECOND, (System.nanoTime() - start - copying) / NANOS_PER_SECOND));
    }

    /** Gives groups rows behind those in use; together they must not need more than {@link #freeSlots}. */
    void admit(List<GroupInProgress> groups) {
        int longest =
                groups.stream().mapToInt(group -> group.prompt().size()).max().orElse(1) - 1;
        int firstRow = rows.size();
        for (GroupInProgress group : groups) {
            for (int i = 0; i < group.size(); i++) {
                rows.add(new RolloutInProgress(group, i, settings.sampling().maxCompletionLength()));
            }
        }
        if (longest > 0) {
            long[] ids = new long[groups.size() * longest];
            for (int i = 0; i < groups.size(); i++) {
                rows.get(firstRow + i * settings.groupSize()).copyCachedTokens(ids, i * longest);
            }
            prefill(ids, groups.size(), longest, settings.groupSize(), firstRow);
            counts = counts.plus(new GenerationCounts(
                    0,
                    0,
                    groups.stream().mapToInt(group -> group.prompt().size() - 1).sum(),
                    0,
                    0));
        }
    }

    /** Samples for every row in use; finished rollouts complete their groups. */
    void decodeChunk() {
        int steps = Math.min(
                settings.chunk(),
                rows.stream()
                        .mapToInt(row -> row.lastPosition() - row.position())
                        .max()
                        .orElse(0));
        long start = System.nanoTime();
        try (NDManager chunk = manager.newSubManager()) {
            int taken = program.decode(
                    weights.argument(),
                    cache.keys(),
                    cache.values(),
                    ChunkInputs.of(rows, steps, seed, settings.sampling(), chunk),
                    buffers);
            long[] tokens = buffers.tokens().toLongArray();
            float[] behaviour = buffers.behaviour().toFloatArray();
            float[] sampled =
                    settings.sampling().truncates() ? buffers.sampled().toFloatArray() : behaviour;
            retire(taken, tokens, behaviour, sampled, System.nanoTime() - start);
        }
    }

    /** Forgets all rows, for example because their groups were given up. */
    List<GroupInProgress> abandon() {
        List<GroupInProgress> groups =
                rows.stream().map(RolloutInProgress::group).distinct().toList();
        rows.clear();
        return groups;
    }

    @Override
    public void close() {
        weights.close();
        cache.close();
        manager.close();
        program.close();
    }

    private void retire(int taken, long[] tokens, float[] behaviour, float[] sampled, long nanos) {
        long version = version().number();
        long generated = 0;
        int finished = 0;
        List<Boolean> inUse = new ArrayList<>(rows.size());
        for (int row = 0; row < rows.size(); row++) {
            RolloutInProgress rollout = rows.get(row);
            boolean done = false;
            for (int step = 0; step < taken && !done; step++) {
                int cell = row * settings.chunk() + step;
                int token = (int) tokens[cell];
                rollout.append(token, behaviour[cell], sampled[cell], version);
                generated++;
                boolean stopped = stopTokens.contains(token);
                done = stopped || rollout.isFull();
                if (done) {
                    finished++;
                    rollout.group()
                            .finish(rollout.index(), rollout.finish(stopped ? FinishReason.STOP : FinishReason.LENGTH));
                }
            }
            inUse.add(!done);
        }
        counts = counts.plus(new GenerationCounts(finished, generated, 0, nanos, 0));
        if (finished > 0) {
            compact(RowMoves.closing(inUse), rows.size() - finished);
        }
    }

    private void compact(RowMoves moves, int remaining) {
        if (!moves.isEmpty()) {
            try (NDManager moving = manager.newSubManager()) {
                NDArray from = OwnedArray.of(longs(moves.from()), moving);
                NDArray to = OwnedArray.of(longs(moves.to()), moving);
                program.moveRows(cache.keys(), cache.values(), from, to);
            }
            for (int i = 0; i < moves.from().size(); i++) {
                rows.set(moves.to().get(i), rows.get(moves.from().get(i)));
            }
        }
        rows.subList(remaining, rows.size()).clear();
    }

    private void recomputeCache() {
        int longest = rows.stream().mapToInt(RolloutInProgress::position).max().orElse(0);
        if (longest == 0) {
            return;
        }
        long[] ids = new long[rows.size() * longest];
        for (int row = 0; row < rows.size(); row++) {
            rows.get(row).copyCachedTokens(ids, row * longest);
        }
        prefill(ids, rows.size(), longest, 1, 0);
    }

    /** In as many passes as it takes, so that what a pass needs does not grow with the slots. */
    private void prefill(long[] ids, int prompts, int length, int group, int firstRow) {
        long start = System.nanoTime();
        int atOnce = Math.max(1, PREFILLED_AT_ONCE / length);
        for (int from = 0; from < prompts; from += atOnce) {
            int to = Math.min(prompts, from + atOnce);
            long[] part = Arrays.copyOfRange(ids, from * length, to * length);
            try (NDArray tokens = OwnedArray.of(part, new Shape(to - from, length), manager)) {
                program.prefill(
                        weights.argument(), cache.keys(), cache.values(), tokens, group, firstRow + from * group);
            }
        }
        counts = counts.plus(new GenerationCounts(0, 0, 0, System.nanoTime() - start, 0));
    }

    private SamplingWeights lease() {
        return SamplingWeights.of(source.leaseNewest(), program, settings.slots(), settings.device());
    }

    private DecodeBuffers buffers(NDManager owner) {
        Shape cells = new Shape(settings.slots(), settings.chunk());
        long[] stops =
                stopTokens.stream().mapToLong(Integer::longValue).sorted().toArray();
        return new DecodeBuffers(
                owner.zeros(cells, DataType.INT64),
                owner.zeros(cells),
                owner.zeros(cells),
                OwnedArray.of(stops, new Shape(1, stops.length), owner));
    }

    private static long[] longs(List<Integer> values) {
        return values.stream().mapToLong(Integer::longValue).toArray();
    }
}
