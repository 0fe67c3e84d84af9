package dev.freshet.ops.control;

import dev.freshet.actors.ObjectiveOffer;
import dev.freshet.actors.RunControl.ChangeMode;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.proto.v1.ListObjectivesRequest;
import dev.freshet.proto.v1.ListObjectivesResponse;
import dev.freshet.proto.v1.ListParametersRequest;
import dev.freshet.proto.v1.Parameter;
import dev.freshet.proto.v1.SetParameterRequest;
import dev.freshet.proto.v1.SetParameterResponse;
import dev.freshet.proto.v1.SwitchDivergenceRequest;
import dev.freshet.proto.v1.SwitchDivergenceResponse;
import dev.freshet.proto.v1.SwitchObjectiveRequest;
import dev.freshet.proto.v1.SwitchObjectiveResponse;
import dev.freshet.streams.ChangeOrigin;
import dev.freshet.streams.PipelineEvent.DivergenceSwitched;
import dev.freshet.streams.PipelineEvent.ObjectiveSwitched;
import dev.freshet.streams.PipelineEvent.ParameterChanged;
import dev.freshet.streams.SettingChange;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** The calls of {@link ControlClient} that change what a run has in force, and that list it. */
public record SteeringClient(ControlClient client) {
    /**
     * A setting that {@link #set} takes.
     *
     * @param value in force
     * @param rule what it may be, in words
     */
    public record ListedParameter(String key, String value, String rule) {}

    /** @param active name of the one in force */
    public record ObjectiveList(List<ObjectiveOffer> objectives, String active) {
        public ObjectiveList {
            objectives = List.copyOf(objectives);
        }
    }

    /** An absent coefficient keeps the one in force. */
    public DivergenceSwitched switchDivergence(String spec, OptionalDouble coefficient, ChangeMode mode) {
        SwitchDivergenceRequest.Builder request =
                SwitchDivergenceRequest.newBuilder().setSpec(spec).setDryRun(mode == ChangeMode.DRY_RUN);
        coefficient.ifPresent(request::setCoefficient);
        SwitchDivergenceResponse response = client.call(stub -> stub.switchDivergence(request.build()));
        return new DivergenceSwitched(
                response.getFromSpec(),
                response.getFromCoefficient(),
                response.getToSpec(),
                response.getToCoefficient(),
                new PolicyVersion(response.getFirstPolicyVersion()),
                ChangeOrigin.COMMAND);
    }

    public ObjectiveSwitched switchObjective(String name, Map<String, String> settings, ChangeMode mode) {
        SwitchObjectiveRequest request = SwitchObjectiveRequest.newBuilder()
                .setName(name)
                .putAllSettings(settings)
                .setDryRun(mode == ChangeMode.DRY_RUN)
                .build();
        SwitchObjectiveResponse response = client.call(stub -> stub.switchObjective(request));
        return new ObjectiveSwitched(
                response.getFromName(),
                response.getToName(),
                response.getChangesList().stream()
                        .map(change -> new SettingChange(change.getKey(), change.getFromValue(), change.getToValue()))
                        .toList(),
                new PolicyVersion(response.getFirstPolicyVersion()),
                ChangeOrigin.COMMAND);
    }

    public ParameterChanged set(String key, String value, ChangeMode mode) {
        SetParameterRequest request = SetParameterRequest.newBuilder()
                .setKey(key)
                .setValue(value)
                .setDryRun(mode == ChangeMode.DRY_RUN)
                .build();
        SetParameterResponse response = client.call(stub -> stub.setParameter(request));
        return new ParameterChanged(
                response.getChange().getKey(),
                response.getChange().getFromValue(),
                response.getChange().getToValue(),
                new PolicyVersion(response.getFirstPolicyVersion()),
                ChangeOrigin.COMMAND);
    }

    public List<ListedParameter> parameters() {
        return client
                .call(stub -> stub.listParameters(ListParametersRequest.getDefaultInstance()))
                .getParametersList()
                .stream()
                .map(SteeringClient::fromMessage)
                .toList();
    }

    public ObjectiveList objectives() {
        ListObjectivesResponse response =
                client.call(stub -> stub.listObjectives(ListObjectivesRequest.getDefaultInstance()));
        List<ObjectiveOffer> offers = response.getObjectivesList().stream()
                .map(objective -> new ObjectiveOffer(
                        objective.getName(),
                        objective.getAvailable() ? Optional.empty() : Optional.of(objective.getUnavailableReason())))
                .toList();
        return new ObjectiveList(offers, response.getActiveName());
    }

    private static ListedParameter fromMessage(Parameter parameter) {
        return new ListedParameter(parameter.getKey(), parameter.getValue(), parameter.getRule());
    }
}
