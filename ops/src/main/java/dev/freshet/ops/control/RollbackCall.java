package dev.freshet.ops.control;

import dev.freshet.actors.RefusedException;
import dev.freshet.actors.RefusedException.Kind;
import dev.freshet.actors.RollbackAnswer;
import dev.freshet.actors.RunControl;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.proto.v1.ControlGrpc.ControlBlockingStub;
import dev.freshet.proto.v1.RollbackRequest;
import dev.freshet.proto.v1.RollbackResponse;
import dev.freshet.streams.PipelineEvent.RolledBack;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** The call that goes back to a checkpoint, on both sides of the wire. */
final class RollbackCall {
    private RollbackCall() {}

    static CompletionStage<RollbackAnswer> run(RunControl run, RollbackRequest request) {
        if (request.getPolicyVersion() < 0) {
            throw new RefusedException(
                    Kind.INVALID_ARGUMENT,
                    "policy_version must be below 2^63, was " + Long.toUnsignedString(request.getPolicyVersion())
                            + ": name that of a checkpoint");
        }
        return run.rollback(new PolicyVersion(request.getPolicyVersion()));
    }

    static RollbackResponse response(RollbackAnswer answer) {
        RolledBack event = answer.event();
        return RollbackResponse.newBuilder()
                .setPolicyVersion(event.version().number())
                .setParentVersion(event.parent().number())
                .setPath(event.path())
                .setReturnedGroups(event.returnedGroups())
                .setCheckpointFailure(answer.checkpointFailure().orElse(""))
                .build();
    }

    static RolledBackTo call(ControlBlockingStub stub, PolicyVersion version) {
        RollbackResponse response = stub.rollback(
                RollbackRequest.newBuilder().setPolicyVersion(version.number()).build());
        return new RolledBackTo(
                new PolicyVersion(response.getPolicyVersion()),
                new PolicyVersion(response.getParentVersion()),
                response.getPath(),
                response.getReturnedGroups(),
                Optional.of(response.getCheckpointFailure()).filter(why -> !why.isEmpty()));
    }
}
