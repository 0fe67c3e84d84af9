package dev.freshet.ops.control;

import dev.freshet.actors.MutableSetting;
import dev.freshet.actors.ObjectiveOffer;
import dev.freshet.actors.RunControl;
import dev.freshet.actors.RunControl.ChangeMode;
import dev.freshet.actors.RunParameters;
import dev.freshet.actors.RunStatus;
import dev.freshet.proto.v1.ListObjectivesResponse;
import dev.freshet.proto.v1.ListParametersResponse;
import dev.freshet.proto.v1.Objective;
import dev.freshet.proto.v1.Parameter;
import dev.freshet.proto.v1.ParameterChange;
import dev.freshet.proto.v1.SetParameterRequest;
import dev.freshet.proto.v1.SetParameterResponse;
import dev.freshet.proto.v1.SwitchDivergenceRequest;
import dev.freshet.proto.v1.SwitchDivergenceResponse;
import dev.freshet.proto.v1.SwitchObjectiveRequest;
import dev.freshet.proto.v1.SwitchObjectiveResponse;
import dev.freshet.streams.PipelineEvent.DivergenceSwitched;
import dev.freshet.streams.PipelineEvent.ObjectiveSwitched;
import dev.freshet.streams.PipelineEvent.ParameterChanged;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** The calls of {@link ControlService} that change what a run has in force, and that list it. */
final class SteeringCalls {
    private final RunControl run;
    private final Answers answers;

    SteeringCalls(RunControl run, Answers answers) {
        this.run = run;
        this.answers = answers;
    }

    void switchDivergence(SwitchDivergenceRequest request, StreamObserver<SwitchDivergenceResponse> observer) {
        OptionalDouble coefficient =
                request.hasCoefficient() ? OptionalDouble.of(request.getCoefficient()) : OptionalDouble.empty();
        answers.send(
                observer,
                () -> run.switchDivergence(request.getSpec(), coefficient, mode(request.getDryRun())),
                SteeringCalls::toMessage);
    }

    void switchObjective(SwitchObjectiveRequest request, StreamObserver<SwitchObjectiveResponse> observer) {
        answers.send(
                observer,
                () -> run.switchObjective(request.getName(), request.getSettingsMap(), mode(request.getDryRun())),
                SteeringCalls::toMessage);
    }

    void setParameter(SetParameterRequest request, StreamObserver<SetParameterResponse> observer) {
        answers.send(
                observer,
                () -> run.setParameter(request.getKey(), request.getValue(), mode(request.getDryRun())),
                SteeringCalls::toMessage);
    }

    void listParameters(StreamObserver<ListParametersResponse> observer) {
        answers.send(observer, run::parameters, this::toMessage);
    }

    void listObjectives(StreamObserver<ListObjectivesResponse> observer) {
        answers.send(
                observer,
                () -> run.objectives().thenCombine(run.status(), SteeringCalls::toMessage),
                response -> response);
    }

    private static ChangeMode mode(boolean dryRun) {
        return dryRun ? ChangeMode.DRY_RUN : ChangeMode.CARRY_OUT;
    }

    private static SwitchDivergenceResponse toMessage(DivergenceSwitched event) {
        return SwitchDivergenceResponse.newBuilder()
                .setFromSpec(event.fromSpec())
                .setFromCoefficient(event.fromCoefficient())
                .setToSpec(event.toSpec())
                .setToCoefficient(event.toCoefficient())
                .setFirstPolicyVersion(event.firstVersion().number())
                .build();
    }

    private static SwitchObjectiveResponse toMessage(ObjectiveSwitched event) {
        return SwitchObjectiveResponse.newBuilder()
                .setFromName(event.fromName())
                .setToName(event.toName())
                .addAllChanges(event.changes().stream()
                        .map(change -> change(change.key(), change.fromValue(), change.toValue()))
                        .toList())
                .setFirstPolicyVersion(event.firstVersion().number())
                .build();
    }

    private static SetParameterResponse toMessage(ParameterChanged event) {
        return SetParameterResponse.newBuilder()
                .setChange(change(event.key(), event.fromValue(), event.toValue()))
                .setFirstPolicyVersion(event.firstVersion().number())
                .build();
    }

    private static ParameterChange change(String key, String from, String to) {
        return ParameterChange.newBuilder()
                .setKey(key)
                .setFromValue(from)
                .setToValue(to)
                .build();
    }

    private ListParametersResponse toMessage(RunParameters inForce) {
        Map<String, String> texts = inForce.allTexts();
        ListParametersResponse.Builder response = ListParametersResponse.newBuilder();
        for (MutableSetting setting : run.mutableSettings()) {
            response.addParameters(Parameter.newBuilder()
                    .setKey(setting.key())
                    .setValue(texts.getOrDefault(setting.key(), ""))
                    .setRule(setting.rule()));
        }
        return response.build();
    }

    private static ListObjectivesResponse toMessage(List<ObjectiveOffer> offers, RunStatus status) {
        ListObjectivesResponse.Builder response =
                ListObjectivesResponse.newBuilder().setActiveName(status.objective());
        for (ObjectiveOffer offer : offers) {
            response.addObjectives(Objective.newBuilder()
                    .setName(offer.name())
                    .setAvailable(offer.unavailable().isEmpty())
                    .setUnavailableReason(offer.unavailable().orElse("")));
        }
        return response.build();
    }
}
