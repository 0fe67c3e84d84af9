package dev.freshet.ops.control;

import dev.freshet.actors.RefusedException;
import dev.freshet.actors.RunControl;
import dev.freshet.actors.RunControl.PauseMode;
import dev.freshet.proto.v1.CheckpointRequest;
import dev.freshet.proto.v1.CheckpointResponse;
import dev.freshet.proto.v1.ControlGrpc;
import dev.freshet.proto.v1.Divergence;
import dev.freshet.proto.v1.GetStatusRequest;
import dev.freshet.proto.v1.GetStatusResponse;
import dev.freshet.proto.v1.ListDivergencesRequest;
import dev.freshet.proto.v1.ListDivergencesResponse;
import dev.freshet.proto.v1.PauseRequest;
import dev.freshet.proto.v1.PauseResponse;
import dev.freshet.proto.v1.ResumeRequest;
import dev.freshet.proto.v1.ResumeResponse;
import dev.freshet.proto.v1.StopMode;
import dev.freshet.proto.v1.StopRequest;
import dev.freshet.proto.v1.StopResponse;
import dev.freshet.proto.v1.SwitchDivergenceRequest;
import dev.freshet.proto.v1.SwitchDivergenceResponse;
import dev.freshet.streams.PipelineEvent.CheckpointWritten;
import dev.freshet.streams.PipelineEvent.DivergenceSwitched;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The control service: each call is one command to the run, and its answer is the run's. */
final class ControlService extends ControlGrpc.ControlImplBase {
    private static final Logger LOGGER = LoggerFactory.getLogger(ControlService.class);

    private final RunControl run;
    private final List<String> divergences;
    private final Duration callTimeout;

    ControlService(RunControl run, List<String> divergences, Duration callTimeout) {
        this.run = run;
        this.divergences = List.copyOf(divergences);
        this.callTimeout = callTimeout;
    }

    @Override
    public void getStatus(GetStatusRequest request, StreamObserver<GetStatusResponse> observer) {
        answer(
                observer,
                run::status,
                status -> GetStatusResponse.newBuilder()
                        .setStatus(RunMessages.toMessage(status))
                        .build());
    }

    @Override
    public void pause(PauseRequest request, StreamObserver<PauseResponse> observer) {
        PauseMode mode = request.getNow() ? PauseMode.NOW : PauseMode.AFTER_STEP;
        answer(
                observer,
                () -> run.pause(mode),
                status -> PauseResponse.newBuilder()
                        .setStatus(RunMessages.toMessage(status))
                        .build());
    }

    @Override
    public void resume(ResumeRequest request, StreamObserver<ResumeResponse> observer) {
        answer(
                observer,
                run::resume,
                status -> ResumeResponse.newBuilder()
                        .setStatus(RunMessages.toMessage(status))
                        .build());
    }

    @Override
    public void switchDivergence(SwitchDivergenceRequest request, StreamObserver<SwitchDivergenceResponse> observer) {
        OptionalDouble coefficient =
                request.hasCoefficient() ? OptionalDouble.of(request.getCoefficient()) : OptionalDouble.empty();
        answer(observer, () -> run.switchDivergence(request.getSpec(), coefficient), ControlService::switched);
    }

    @Override
    public void checkpoint(CheckpointRequest request, StreamObserver<CheckpointResponse> observer) {
        answer(observer, run::checkpoint, ControlService::written);
    }

    @Override
    public void stop(StopRequest request, StreamObserver<StopResponse> observer) {
        answer(
                observer,
                () -> run.stop(mode(request.getMode())),
                status -> StopResponse.newBuilder()
                        .setStatus(RunMessages.toMessage(status))
                        .build());
    }

    @Override
    public void listDivergences(ListDivergencesRequest request, StreamObserver<ListDivergencesResponse> observer) {
        answer(
                observer,
                run::status,
                status -> ListDivergencesResponse.newBuilder()
                        .addAllDivergences(divergences.stream()
                                .map(spec ->
                                        Divergence.newBuilder().setSpec(spec).build())
                                .toList())
                        .setActiveSpec(status.divergence())
                        .build());
    }

    private static SwitchDivergenceResponse switched(DivergenceSwitched event) {
        return SwitchDivergenceResponse.newBuilder()
                .setFromSpec(event.fromSpec())
                .setFromCoefficient(event.fromCoefficient())
                .setToSpec(event.toSpec())
                .setToCoefficient(event.toCoefficient())
                .setFirstPolicyVersion(event.firstVersion().number())
                .build();
    }

    private static CheckpointResponse written(CheckpointWritten event) {
        return CheckpointResponse.newBuilder()
                .setPolicyVersion(event.version().number())
                .setPath(event.path())
                .setSizeBytes(event.bytes())
                .setCopySeconds(event.copySeconds())
                .setWriteSeconds(event.writeSeconds())
                .build();
    }

    private static RunControl.StopMode mode(StopMode mode) {
        return switch (mode) {
            case STOP_MODE_DRAIN -> RunControl.StopMode.DRAIN;
            case STOP_MODE_NOW -> RunControl.StopMode.NOW;
            case STOP_MODE_UNSPECIFIED, UNRECOGNIZED ->
                throw new RefusedException(
                        RefusedException.Kind.INVALID_ARGUMENT,
                        "stop mode must be STOP_MODE_DRAIN or STOP_MODE_NOW, was " + mode);
        };
    }

    private <T, R> void answer(
            StreamObserver<R> observer, Supplier<CompletionStage<T>> command, Function<T, R> toResponse) {
        var unused = CompletableFuture.completedFuture(command)
                .thenCompose(Supplier::get)
                .thenApply(toResponse)
                .orTimeout(callTimeout.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((response, failure) -> {
                    if (failure != null) {
                        observer.onError(refusal(failure));
                        return;
                    }
                    observer.onNext(response);
                    observer.onCompleted();
                });
    }

    private static StatusRuntimeException refusal(Throwable failure) {
        StatusRuntimeException refusal = StatusMapping.toGrpc(failure);
        if (refusal.getStatus().getCode() == Code.INTERNAL) {
            LOGGER.error("a control command failed", refusal.getStatus().getCause());
        }
        return refusal;
    }
}
