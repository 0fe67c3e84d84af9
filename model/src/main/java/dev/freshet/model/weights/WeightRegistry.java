package dev.freshet.model.weights;

import dev.freshet.model.engine.ArrayKind;
import dev.freshet.model.engine.ComputeDevice;
import dev.freshet.model.engine.OpenedSoFar;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.safetensors.TensorData;
import dev.freshet.model.transformer.DecoderConfig;
import dev.freshet.model.transformer.DecoderProgram;
import dev.freshet.model.transformer.DecoderWeights;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The published versions of a policy. A learner copies its weights in, once a step; whoever samples leases the newest version
 * whole and gives it back after its native call has returned. Messages carry version numbers only.
 *
 * <p>A buffer that nobody leases and that is not the newest is written over by the next publish, so that there are as many buffers
 * as versions in use plus two, and a publish writes into memory that is warm. Thread-safe; a publish holds no lock while it copies.
 */
public final class WeightRegistry implements PublishedVersions, AutoCloseable {
    private final DecoderConfig config;
    private final ComputeDevice device;
    private final List<Buffer> buffers = new ArrayList<>();
    private @Nullable Buffer newest;

    /** @param device where the generators of this registry compute */
    public WeightRegistry(DecoderConfig config, ComputeDevice device) {
        this.config = config;
        this.device = device;
    }

    /**
     * Copies weights and makes them the newest version. Called by the learner's thread only.
     *
     * @param copier any program of the learner's thread
     * @throws IllegalArgumentException if the version is not above the newest
     */
    public void publish(PolicyVersion version, DecoderWeights source, DecoderProgram copier) {
        Buffer buffer = takeFree(version);
        try {
            copier.copy(buffer.weights.parameters(), source.parameters());
        } catch (Throwable e) {
            noLongerWritten(buffer);
            throw e;
        }
        synchronized (this) {
            buffer.version = version;
            buffer.beingWritten = false;
            newest = buffer;
        }
    }

    /** Makes weights from files the newest version. */
    public void publish(PolicyVersion version, List<TensorData> tensors) {
        try (OpenedSoFar opened = new OpenedSoFar()) {
            Buffer buffer = new Buffer(opened.add(DecoderWeights.of(config, device, ArrayKind.PUBLISHED, tensors)));
            buffer.version = version;
            synchronized (this) {
                requireNewer(version);
                buffers.add(buffer);
                newest = buffer;
            }
            opened.keep();
        }
    }

    @Override
    public synchronized Lease leaseNewest() {
        if (newest == null) {
            throw new IllegalStateException("weights must be published before they can be leased, none were");
        }
        newest.leases++;
        return new Lease(newest);
    }

    @Override
    public synchronized Optional<PolicyVersion> newest() {
        return Optional.ofNullable(newest).map(buffer -> buffer.version);
    }

    /** Frees all versions. Leases must have been given back. */
    @Override
    public synchronized void close() {
        long leased = buffers.stream().filter(buffer -> buffer.leases > 0).count();
        if (leased > 0) {
            throw new IllegalStateException("all leases must be given back before the registry closes, " + leased
                    + " versions are still leased");
        }
        buffers.forEach(buffer -> buffer.weights.close());
        buffers.clear();
        newest = null;
    }

    private synchronized Buffer takeFree(PolicyVersion version) {
        requireNewer(version);
        Buffer free = buffers.stream()
                .filter(buffer -> buffer != newest && buffer.leases == 0 && !buffer.beingWritten)
                .findFirst()
                .orElseGet(() -> {
                    Buffer added = new Buffer(DecoderWeights.zeros(config, device, ArrayKind.PUBLISHED));
                    buffers.add(added);
                    return added;
                });
        free.beingWritten = true;
        return free;
    }

    private void requireNewer(PolicyVersion version) {
        if (newest != null && version.compareTo(newest.version) <= 0) {
            throw new IllegalArgumentException(
                    "a published version must be above the newest, " + newest.version + ", was " + version);
        }
    }

    private synchronized Lease leaseAgain(Lease held) {
        held.requireHeld();
        held.buffer.leases++;
        return new Lease(held.buffer);
    }

    private synchronized void noLongerWritten(Buffer buffer) {
        buffer.beingWritten = false;
    }

    private synchronized void giveBack(Lease lease) {
        if (!lease.givenBack) {
            lease.givenBack = true;
            lease.buffer.leases--;
        }
    }

    private static final class Buffer {
        private final DecoderWeights weights;
        private PolicyVersion version = PolicyVersion.INITIAL;
        private int leases;
        private boolean beingWritten;

        private Buffer(DecoderWeights weights) {
            this.weights = weights;
        }
    }

    /** One version, unchanged until it is given back. */
    public final class Lease implements AutoCloseable {
        private final Buffer buffer;
        private final PolicyVersion version;
        private boolean givenBack;

        private Lease(Buffer buffer) {
            this.buffer = buffer;
            this.version = buffer.version;
        }

        /** The version that was leased, also after it was given back. */
        public PolicyVersion version() {
            return version;
        }

        public DecoderWeights weights() {
            requireHeld();
            return buffer.weights;
        }

        /** This version as the only one that there is, to be leased while this lease is not given back. */
        public PublishedVersions alone() {
            return new PublishedVersions() {
                @Override
                public Lease leaseNewest() {
                    return leaseAgain(Lease.this);
                }

                @Override
                public Optional<PolicyVersion> newest() {
                    return Optional.of(version);
                }
            };
        }

        /** Gives the version back; a second call does nothing. */
        @Override
        public void close() {
            giveBack(this);
        }

        private void requireHeld() {
            if (givenBack) {
                throw new IllegalStateException("a lease must not be used after it was given back");
            }
        }
    }
}
