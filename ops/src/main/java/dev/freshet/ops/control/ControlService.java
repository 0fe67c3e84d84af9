package dev.freshet.ops.control;

import dev.freshet.actors.RunControl;
import dev.freshet.actors.RunControl.PauseMode;
import dev.freshet.actors.RunControl.StopMode;
import dev.freshet.proto.v1.CheckpointRequest;
import dev.freshet.proto.v1.CheckpointResponse;
import dev.freshet.proto.v1.ControlGrpc;
import dev.freshet.proto.v1.Divergence;
import dev.freshet.proto.v1.DrainRequest;
import dev.freshet.proto.v1.DrainResponse;
import dev.freshet.proto.v1.EvaluateRequest;
import dev.freshet.proto.v1.EvaluateResponse;
import dev.freshet.proto.v1.GetStatusRequest;
import dev.freshet.proto.v1.GetStatusResponse;
import dev.freshet.proto.v1.ListDivergencesRequest;
import dev.freshet.proto.v1.ListDivergencesResponse;
import dev.freshet.proto.v1.ListObjectivesRequest;
import dev.freshet.proto.v1.ListObjectivesResponse;
import dev.freshet.proto.v1.ListParametersRequest;
import dev.freshet.proto.v1.ListParametersResponse;
import dev.freshet.proto.v1.PauseRequest;
import dev.freshet.proto.v1.PauseResponse;
import dev.freshet.proto.v1.ResumeRequest;
import dev.freshet.proto.v1.ResumeResponse;
import dev.freshet.proto.v1.RollbackRequest;
import dev.freshet.proto.v1.RollbackResponse;
import dev.freshet.proto.v1.SampleRequest;
import dev.freshet.proto.v1.SampleResponse;
import dev.freshet.proto.v1.SetParameterRequest;
import dev.freshet.proto.v1.SetParameterResponse;
import dev.freshet.proto.v1.StopRequest;
import dev.freshet.proto.v1.StopResponse;
import dev.freshet.proto.v1.SwitchDivergenceRequest;
import dev.freshet.proto.v1.SwitchDivergenceResponse;
import dev.freshet.proto.v1.SwitchObjectiveRequest;
import dev.freshet.proto.v1.SwitchObjectiveResponse;
import dev.freshet.proto.v1.WatchEventsRequest;
import dev.freshet.proto.v1.WatchEventsResponse;
import dev.freshet.streams.PipelineEvent.CheckpointWritten;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;

/** The control service: each call is one command to the run, and its answer is the run's. */
final class ControlService extends ControlGrpc.ControlImplBase {
    private final RunControl run;
    private final List<String> divergences;
    private final EventStreams events;
    private final PolicyCalls policy;
    private final Answers answers;
    private final SteeringCalls steering;

    ControlService(
            RunControl run, List<String> divergences, EventStreams events, PolicyCalls policy, Duration callTimeout) {
        this.run = run;
        this.divergences = List.copyOf(divergences);
        this.events = events;
        this.policy = policy;
        this.answers = new Answers(callTimeout, ControlSettings.CALL_TIMEOUT);
        this.steering = new SteeringCalls(run, answers);
    }

    @Override
    public void getStatus(GetStatusRequest request, StreamObserver<GetStatusResponse> observer) {
        answers.send(
                observer,
                run::status,
                status -> GetStatusResponse.newBuilder()
                        .setStatus(RunMessages.toMessage(status))
                        .build());
    }

    @Override
    public void pause(PauseRequest request, StreamObserver<PauseResponse> observer) {
        PauseMode mode = request.getNow() ? PauseMode.NOW : PauseMode.AFTER_STEP;
        answers.send(
                observer,
                () -> run.pause(mode),
                status -> PauseResponse.newBuilder()
                        .setStatus(RunMessages.toMessage(status))
                        .build());
    }

    @Override
    public void resume(ResumeRequest request, StreamObserver<ResumeResponse> observer) {
        answers.send(
                observer,
                run::resume,
                status -> ResumeResponse.newBuilder()
                        .setStatus(RunMessages.toMessage(status))
                        .build());
    }

    @Override
    public void switchDivergence(SwitchDivergenceRequest request, StreamObserver<SwitchDivergenceResponse> observer) {
        steering.switchDivergence(request, observer);
    }

    @Override
    public void switchObjective(SwitchObjectiveRequest request, StreamObserver<SwitchObjectiveResponse> observer) {
        steering.switchObjective(request, observer);
    }

    @Override
    public void setParameter(SetParameterRequest request, StreamObserver<SetParameterResponse> observer) {
        steering.setParameter(request, observer);
    }

    @Override
    public void listParameters(ListParametersRequest request, StreamObserver<ListParametersResponse> observer) {
        steering.listParameters(observer);
    }

    @Override
    public void listObjectives(ListObjectivesRequest request, StreamObserver<ListObjectivesResponse> observer) {
        steering.listObjectives(observer);
    }

    @Override
    public void checkpoint(CheckpointRequest request, StreamObserver<CheckpointResponse> observer) {
        answers.send(observer, run::checkpoint, ControlService::written);
    }

    @Override
    public void rollback(RollbackRequest request, StreamObserver<RollbackResponse> observer) {
        answers.send(observer, () -> RollbackCall.run(run, request), RollbackCall::response);
    }

    @Override
    public void drain(DrainRequest request, StreamObserver<DrainResponse> observer) {
        answers.send(
                observer,
                () -> run.stop(StopMode.DRAIN),
                status -> DrainResponse.newBuilder()
                        .setStatus(RunMessages.toMessage(status))
                        .build());
    }

    @Override
    public void stop(StopRequest request, StreamObserver<StopResponse> observer) {
        answers.send(
                observer,
                () -> run.stop(StopMode.NOW),
                status -> StopResponse.newBuilder()
                        .setStatus(RunMessages.toMessage(status))
                        .build());
    }

    @Override
    public void listDivergences(ListDivergencesRequest request, StreamObserver<ListDivergencesResponse> observer) {
        answers.send(
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

    @Override
    public void watchEvents(WatchEventsRequest request, StreamObserver<WatchEventsResponse> observer) {
        events.watch(request, observer);
    }

    @Override
    public void sample(SampleRequest request, StreamObserver<SampleResponse> observer) {
        policy.sample(request, observer);
    }

    @Override
    public void evaluate(EvaluateRequest request, StreamObserver<EvaluateResponse> observer) {
        policy.evaluate(request, observer);
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
}
