package dev.freshet.model.generation;

import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.IValue;
import dev.freshet.model.engine.ArrayKind;
import dev.freshet.model.engine.ComputeDevice;
import dev.freshet.model.engine.OpenedSoFar;
import dev.freshet.model.engine.TorchProgram;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.transformer.DecoderProgram;
import dev.freshet.model.weights.WeightRegistry;

/** One leased version, prepared for a generator's matrix flavour. Closing it gives the version back. */
final class SamplingWeights implements AutoCloseable {
    private final WeightRegistry.Lease lease;
    private final NDManager manager;
    private final IValue argument;

    private SamplingWeights(WeightRegistry.Lease lease, NDManager manager, IValue argument) {
        this.lease = lease;
        this.manager = manager;
        this.argument = argument;
    }

    /** @param lease becomes this object's: given back at once if the version cannot be prepared */
    static SamplingWeights of(WeightRegistry.Lease lease, DecoderProgram program, int rows, ComputeDevice device) {
        try (OpenedSoFar opened = new OpenedSoFar()) {
            opened.add(lease);
            NDManager manager = opened.add(device.newManager(ArrayKind.SAMPLING));
            IValue argument = TorchProgram.list(program.prepare(lease.weights(), rows, manager));
            opened.keep();
            return new SamplingWeights(lease, manager, argument);
        }
    }

    PolicyVersion version() {
        return lease.version();
    }

    /** The program's list argument; stays this object's. */
    IValue argument() {
        return argument;
    }

    @Override
    public void close() {
        argument.close();
        manager.close();
        lease.close();
    }
}
