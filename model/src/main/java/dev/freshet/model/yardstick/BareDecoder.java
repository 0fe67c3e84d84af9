package dev.freshet.model.yardstick;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.JniUtils;
import dev.freshet.model.engine.ArrayKind;
import dev.freshet.model.engine.ComputeDevice;
import dev.freshet.model.engine.EngineThread;
import dev.freshet.model.engine.TorchProgram;
import dev.freshet.model.transformer.BareSource;
import dev.freshet.model.transformer.DecoderConfig;
import dev.freshet.model.transformer.DecoderProgram;
import dev.freshet.model.transformer.DecoderWeights;
import dev.freshet.model.transformer.MatrixFlavour;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Training steps, generations and weight copies as single TorchScript calls on fixed inputs. What a method makes ready is run by
 * {@link Repeatable#seconds}.
 */
public final class BareDecoder implements AutoCloseable {
    private static final long SEED = 1;

    private final DecoderConfig config;
    private final int threads;
    private final EngineThread preparing;
    private final NDManager manager;
    private final MatrixFlavour learning;
    private final MatrixFlavour sampling;
    private final Deque<Runnable> closing = new ArrayDeque<>();

    /**
     * @param learning flavour of training steps
     * @param sampling flavour of generations
     * @param threads intra-op threads of whatever is timed
     */
    public BareDecoder(DecoderConfig config, MatrixFlavour learning, MatrixFlavour sampling, int threads) {
        this.config = config;
        this.learning = learning;
        this.sampling = sampling;
        this.threads = threads;
        this.preparing = EngineThread.start("yardstick-preparing", 1);
        this.manager = ComputeDevice.CPU.newManager(ArrayKind.OTHER);
    }

    /** Makes a training step of rows of the given length ready to be repeated. */
    public Repeatable trainingStep(int rows, int length) {
        return preparing
                .submit(() -> {
                    TorchProgram program = compile(learning);
                    DecoderWeights weights = weights();
                    weights.requireGradients();
                    NDList first = zerosLike(weights.parameters());
                    NDList second = zerosLike(weights.parameters());
                    NDList steps = new NDList();
                    weights.parameters().forEach(parameter -> steps.add(manager.zeros(new Shape())));
                    NDArray ids =
                            manager.randomInteger(0, config.vocabulary(), new Shape(rows, length), DataType.INT64);
                    NDArray behaviour = manager.full(new Shape(rows, length), (float) -Math.log(config.vocabulary()));
                    NDArray advantage = manager.randomNormal(new Shape(rows, 1));
                    NDList arguments = new NDList(ids, ids, behaviour, advantage);
                    arguments.addAll(named(weights.parameters(), "w[]"));
                    arguments.addAll(named(first, "m[]"));
                    arguments.addAll(named(second, "v[]"));
                    arguments.addAll(named(steps, "s[]"));
                    addRotary(arguments, length);
                    return new Repeatable(threads, () -> {
                        JniUtils.setGradMode(true);
                        try (NDList loss = program.callWithGradient("train_step", arguments)) {
                            loss.singletonOrThrow().getFloat();
                        } finally {
                            JniUtils.setGradMode(false);
                        }
                    });
                })
                .join();
    }

    /** Makes the generation of {@code length} tokens in each of {@code rows} ready to be repeated. */
    public Repeatable generation(int rows, int length) {
        return preparing
                .submit(() -> {
                    TorchProgram program = compile(sampling);
                    DecoderProgram packer = DecoderProgram.load(config, sampling, ComputeDevice.CPU);
                    closing.push(packer::close);
                    DecoderWeights weights = weights();
                    Shape cache = new Shape(config.layers(), rows, length, config.heads(), config.headWidth());
                    NDList rotary = new NDList();
                    addRotary(rotary, length);
                    IValue[] arguments = {
                        TorchProgram.list(packer.prepare(weights, rows, manager)),
                        TorchProgram.tensor(manager.zeros(cache)),
                        TorchProgram.tensor(manager.zeros(cache)),
                        TorchProgram.tensor(manager.zeros(new Shape(rows), DataType.INT64)),
                        TorchProgram.tensor(manager.randomUniform(0f, 1f, new Shape(rows, length))),
                        TorchProgram.tensor(rotary.get(0)),
                        TorchProgram.tensor(rotary.get(1)),
                        TorchProgram.tensor(manager.zeros(new Shape(rows, length), DataType.INT64)),
                        TorchProgram.tensor(manager.zeros(new Shape(rows, length)))
                    };
                    return new Repeatable(
                            threads, () -> program.call("generate", arguments).close());
                })
                .join();
    }

    /** Makes a copy of all weights into warm memory ready to be repeated. */
    public Repeatable copy() {
        return preparing
                .submit(() -> {
                    TorchProgram program = compile(learning);
                    DecoderWeights to = DecoderWeights.zeros(config, ComputeDevice.CPU, ArrayKind.OTHER);
                    closing.push(to::close);
                    IValue target = TorchProgram.list(to.parameters());
                    IValue source = TorchProgram.list(weights().parameters());
                    return new Repeatable(
                            threads, () -> program.call("copy", target, source).close());
                })
                .join();
    }

    @Override
    public void close() {
        preparing.execute(() -> {
            closing.forEach(Runnable::run);
            manager.close();
        });
        preparing.close();
    }

    private TorchProgram compile(MatrixFlavour flavour) {
        TorchProgram program = TorchProgram.compile(BareSource.of(config, flavour), ComputeDevice.CPU);
        closing.push(program::close);
        return program;
    }

    private DecoderWeights weights() {
        DecoderWeights weights = DecoderWeights.initialise(config, ComputeDevice.CPU, SEED);
        closing.push(weights::close);
        return weights;
    }

    private NDList zerosLike(NDList arrays) {
        NDList zeros = new NDList();
        arrays.forEach(array -> zeros.add(manager.zeros(array.getShape())));
        return zeros;
    }

    private void addRotary(NDList arguments, int length) {
        NDList tables = DecoderProgram.rotaryTables(config.withMaxLength(length), manager);
        arguments.addAll(tables);
    }

    private static NDList named(NDList arrays, String name) {
        arrays.forEach(array -> array.setName(name));
        return arrays;
    }

    /** Prepared native work. */
    public static final class Repeatable {
        private final int threads;
        private final Runnable work;

        private Repeatable(int threads, Runnable work) {
            this.threads = threads;
            this.work = work;
        }

        /**
         * Runs the work once untimed and then {@code times} times, and answers the mean time of one run in seconds.
         *
         * <p>That is on a new thread, which is gone afterwards: libgomp makes all its threads wait differently, and slower, as soon
         * as the process has more of them than the machine has cores.
         */
        public double seconds(int times) {
            try (EngineThread thread = EngineThread.start("yardstick", threads)) {
                return thread.submit(() -> {
                            work.run();
                            long start = System.nanoTime();
                            for (int i = 0; i < times; i++) {
                                work.run();
                            }
                            return (System.nanoTime() - start) / 1e9 / times;
                        })
                        .join();
            }
        }
    }
}
