package dev.freshet.ops.control;

import dev.freshet.actors.RunControl.ChangeMode;
import dev.freshet.actors.RunControl.PauseMode;
import dev.freshet.actors.RunControl.StopMode;
import dev.freshet.actors.RunStatus;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.ops.run.JournalLine;
import dev.freshet.proto.v1.CheckpointRequest;
import dev.freshet.proto.v1.CheckpointResponse;
import dev.freshet.proto.v1.ControlGrpc;
import dev.freshet.proto.v1.ControlGrpc.ControlBlockingStub;
import dev.freshet.proto.v1.Divergence;
import dev.freshet.proto.v1.DrainRequest;
import dev.freshet.proto.v1.GetStatusRequest;
import dev.freshet.proto.v1.ListDivergencesRequest;
import dev.freshet.proto.v1.ListDivergencesResponse;
import dev.freshet.proto.v1.PauseRequest;
import dev.freshet.proto.v1.ResumeRequest;
import dev.freshet.proto.v1.StopRequest;
import dev.freshet.streams.PipelineEvent.CheckpointWritten;
import dev.freshet.streams.PipelineEvent.DivergenceSwitched;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.AbstractStub;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;

/** Calls a run's control service and waits for the answer. Every method throws {@link ControlException} if it gets none. */
public final class ControlClient implements AutoCloseable {
    /** A run whose machine has gone is noticed. */
    private static final long SILENCE_SECONDS = 60;

    private final Endpoint endpoint;
    private final ManagedChannel channel;
    private final Optional<Duration> patience;

    /** Calls a server on loopback that asks for nothing. */
    public ControlClient(Endpoint endpoint) {
        this(endpoint, ClientSecurity.NONE);
    }

    public ControlClient(Endpoint endpoint, ClientSecurity security) {
        this(endpoint, security, Optional.empty());
    }

    /**
     * @param patience the longest that a call may take; empty: as long as the server lets it, which has deadlines of its own, and
     *     answers that it is there
     */
    public ControlClient(Endpoint endpoint, ClientSecurity security, Optional<Duration> patience) {
        this.endpoint = endpoint;
        this.patience = patience;
        this.channel = NettyChannelBuilder.forAddress(endpoint.host(), endpoint.port(), security.credentials())
                .intercept(security.interceptors())
                .keepAliveTime(SILENCE_SECONDS, TimeUnit.SECONDS)
                // A proxy of the environment is never meant for a run's control port.
                .proxyDetector(target -> null)
                .build();
    }

    public RunStatus status() {
        return RunMessages.fromMessage(call(stub -> stub.getStatus(GetStatusRequest.getDefaultInstance()))
                .getStatus());
    }

    public RunStatus pause(PauseMode mode) {
        PauseRequest request =
                PauseRequest.newBuilder().setNow(mode == PauseMode.NOW).build();
        return RunMessages.fromMessage(call(stub -> stub.pause(request)).getStatus());
    }

    public RunStatus resume() {
        return RunMessages.fromMessage(
                call(stub -> stub.resume(ResumeRequest.getDefaultInstance())).getStatus());
    }

    /** An absent coefficient keeps the one in force. */
    public DivergenceSwitched switchDivergence(String spec, OptionalDouble coefficient) {
        return new SteeringClient(this).switchDivergence(spec, coefficient, ChangeMode.CARRY_OUT);
    }

    public CheckpointWritten checkpoint() {
        CheckpointResponse response = call(stub -> stub.checkpoint(CheckpointRequest.getDefaultInstance()));
        return new CheckpointWritten(
                new PolicyVersion(response.getPolicyVersion()),
                response.getPath(),
                response.getSizeBytes(),
                response.getCopySeconds(),
                response.getWriteSeconds());
    }

    public RolledBackTo rollback(PolicyVersion version) {
        return call(stub -> RollbackCall.call(stub, version));
    }

    public RunStatus stop(StopMode mode) {
        return RunMessages.fromMessage(
                switch (mode) {
                    case DRAIN ->
                        call(stub -> stub.drain(DrainRequest.getDefaultInstance()))
                                .getStatus();
                    case NOW ->
                        call(stub -> stub.stop(StopRequest.getDefaultInstance()))
                                .getStatus();
                });
    }

    public DivergenceList listDivergences() {
        ListDivergencesResponse response =
                call(stub -> stub.listDivergences(ListDivergencesRequest.getDefaultInstance()));
        return new DivergenceList(
                response.getDivergencesList().stream().map(Divergence::getSpec).toList(), response.getActiveSpec());
    }

    /**
     * Hands over the run's events, in their order, until the run ends or, as {@code mode} says, until there is no more now.
     *
     * @param from sequence number of the first event wanted; 0 for those from now on, or for all if only recorded ones are wanted
     * @param each takes one, and says whether more are wanted
     */
    public void events(long from, WatchMode mode, Predicate<JournalLine> each) {
        new EventCall(channel, this::explained).take(from, mode, each);
    }

    public enum WatchMode {
        FOLLOW,
        RECORDED_ONLY
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }

    /**
     * Whether the server says that a part serves.
     *
     * @param service {@code learner}, {@code generators}, {@code verifiers}, or empty for the whole
     */
    public boolean serves(String service) {
        HealthCheckRequest request =
                HealthCheckRequest.newBuilder().setService(service).build();
        ServingStatus status = answered(() ->
                bounded(HealthGrpc.newBlockingStub(channel)).check(request).getStatus());
        return status == ServingStatus.SERVING;
    }

    <R> R call(Function<ControlBlockingStub, R> command) {
        return answered(() -> command.apply(bounded(ControlGrpc.newBlockingStub(channel))));
    }

    private <S extends AbstractStub<S>> S bounded(S stub) {
        return patience.map(longest -> stub.withDeadlineAfter(longest.toMillis(), TimeUnit.MILLISECONDS))
                .orElse(stub);
    }

    private <R> R answered(Supplier<R> call) {
        long start = System.nanoTime();
        try {
            return call.get();
        } catch (StatusRuntimeException failure) {
            boolean isOurs = failure.getStatus().getCode() == Status.Code.DEADLINE_EXCEEDED
                    && patience.isPresent()
                    && System.nanoTime() - start >= patience.get().toNanos();
            throw isOurs ? impatient(failure) : explained(failure);
        }
    }

    private ControlException impatient(StatusRuntimeException failure) {
        return ControlException.failed(
                "no answer from " + endpoint + " within "
                        + patience.map(Duration::toSeconds).orElseThrow()
                        + " s (--timeout); the command may still be carried out: ask for the status before trying again",
                failure);
    }

    private ControlException explained(StatusRuntimeException failure) {
        Status status = failure.getStatus();
        String description = status.getDescription();
        String message = description == null ? status.getCode().toString() : description;
        return switch (status.getCode()) {
            case INVALID_ARGUMENT, NOT_FOUND, OUT_OF_RANGE -> ControlException.badRequest(message, failure);
            case UNAVAILABLE -> ControlException.failed(unavailable(failure), failure);
            case DEADLINE_EXCEEDED -> ControlException.failed("no answer from " + endpoint + ": " + message, failure);
            default -> ControlException.failed(message, failure);
        };
    }

    private String unavailable(StatusRuntimeException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SSLException tls) {
                return "no secure connection to " + endpoint + ": " + tls.getMessage()
                        + "; see that --tls-ca is its authority, that its certificate is for this host, and that it has TLS";
            }
        }
        return isRefusedOrUnknown(failure)
                ? "no run answers at " + endpoint + "; start one, or name its address with --endpoint host:port"
                : endpoint
                        + " closed the connection without an answer; if its run has TLS, name the certificate's authority"
                        + " with --tls-ca, and else see whether the run is ending";
    }

    private static boolean isRefusedOrUnknown(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectException || cause instanceof UnknownHostException) {
                return true;
            }
        }
        return false;
    }
}
