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
 *
 * <p>Generators may be kept on one version, the proposal, while others are published: they lease from {@link #proposals}. Such a lease has
 * the number of the newest version, in whose time its tokens are sampled, and the weights of the proposal.
 */
public final class WeightRegistry implements WeightSource, AutoCloseable {
    private final DecoderConfig config;
    private final ComputeDevice device;
    private final List<Buffer> buffers = new ArrayList<>();
    private @Nullable Buffer newest;
    private @Nullable Buffer proposal;

    /** @param device where the generators of this registry compute */
    public WeightRegistry(DecoderConfig config, ComputeDevice device) {
        this.config = config;
        this.device = device;
    }

    /** As the other {@code publish}; it is also what generators sample from. */
    public void publish(PolicyVersion version, DecoderWeights source, DecoderProgram copier) {
        publish(version, source, copier, Proposal.NEWEST);
    }

    /**
     * Copies weights and makes them the newest version. Called by the learner's thread only.
     *
     * @param copier any program of the learner's thread
     * @param sampled from then on
     * @throws IllegalArgumentException if the version is not above the newest
     */
    public void publish(PolicyVersion version, DecoderWeights source, DecoderProgram copier, Proposal sampled) {
        Buffer buffer = takeFree(version);
        try {
            copier.copy(buffer.weights.parameters(), source.parameters());
        } catch (Throwable e) {
            noLongerWritten(buffer);
            throw e;
        }
        synchronized (this) {
            Buffer before = newest;
            buffer.version = version;
            buffer.beingWritten = false;
            newest = buffer;
            proposal = switch (sampled) {
                case NEWEST -> null;
                case KEPT -> proposal == null ? before : proposal;
                case RENEWED -> buffer;
            };
        }
    }

    /**
     * Has generators sample from weights that are no version of their own, until a publish says otherwise.
     *
     * @param weights become this object's
     */
    public synchronized void propose(DecoderWeights weights) {
        Buffer buffer = new Buffer(weights);
        buffers.add(buffer);
        proposal = buffer;
    }

    /** Copies the proposal's weights on the calling thread, the learner's; empty if generators sample from the newest version. */
    public Optional<List<TensorData>> proposal() {
        Buffer kept;
        synchronized (this) {
            kept = proposal;
        }
        return Optional.ofNullable(kept).map(buffer -> buffer.weights.toTensors());
    }

    /** For generators: the proposal where there is one, else the newest version. */
    public WeightSource proposals() {
        return new WeightSource() {
            @Override
            public Lease leaseNewest() {
                return leaseProposal();
            }

            @Override
            public Optional<PolicyVersion> newest() {
                return WeightRegistry.this.newest();
            }
        };
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

    /** {@inheritDoc} Here the newest version. */
    @Override
    public synchronized Lease leaseNewest() {
        Buffer published = requirePublished();
        return lease(published, published.version);
    }

    private synchronized Lease leaseProposal() {
        Buffer published = requirePublished();
        return lease(proposal == null ? published : proposal, published.version);
    }

    private Buffer requirePublished() {
        if (newest == null) {
            throw new IllegalStateException("weights must be published before they can be leased, none were");
        }
        return newest;
    }

    private Lease lease(Buffer buffer, PolicyVersion version) {
        buffer.leases++;
        return new Lease(buffer, version);
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
        proposal = null;
    }

    private synchronized Buffer takeFree(PolicyVersion version) {
        requireNewer(version);
        Buffer free = buffers.stream()
                .filter(buffer -> buffer != newest && buffer != proposal && buffer.leases == 0 && !buffer.beingWritten)
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
        return new Lease(held.buffer, held.version);
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

        private Lease(Buffer buffer, PolicyVersion version) {
            this.buffer = buffer;
            this.version = version;
        }

        /** The version that was leased, also after it was given back. */
        public PolicyVersion version() {
            return version;
        }

        public DecoderWeights weights() {
            requireHeld();
            return buffer.weights;
        }

        /** These weights as the only ones that there are, to be leased while this lease is not given back. */
        public WeightSource alone() {
            return new WeightSource() {
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
