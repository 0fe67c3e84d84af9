package dev.freshet.ops.control;

import dev.freshet.proto.v1.ControlGrpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Tells of each call when it begins, and once when it has ended: with its answer, with a refusal, or cut off by its caller. It listens to the
 * transport, so that methods that do not exist and messages that are too large count, too. Health and reflection are no commands.
 */
final class CallCounter extends ServerStreamTracer.Factory {
    /** Of a method that does not exist; its name is the caller's, and no label. */
    private static final String UNKNOWN = "unknown";

    private static final String WORD_BEGINS = "(?<=[a-z])(?=[A-Z])";
    private static final ServerStreamTracer NOBODY = new ServerStreamTracer() {};

    private final CallListener listener;
    private final Map<String, String> commands = ControlGrpc.getServiceDescriptor().getMethods().stream()
            .collect(Collectors.toMap(MethodDescriptor::getFullMethodName, CallCounter::command));

    CallCounter(CallListener listener) {
        this.listener = listener;
    }

    @Override
    public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
        if (method.startsWith("grpc.health.") || method.startsWith("grpc.reflection.")) {
            return NOBODY;
        }
        Consumer<String> ended = listener.begun(commands.getOrDefault(method, UNKNOWN));
        return new ServerStreamTracer() {
            @Override
            public void streamClosed(Status status) {
                ended.accept(status.getCode().name().toLowerCase(Locale.ROOT));
            }
        };
    }

    private static String command(MethodDescriptor<?, ?> method) {
        return String.join("_", String.valueOf(method.getBareMethodName()).split(WORD_BEGINS, -1))
                .toLowerCase(Locale.ROOT);
    }
}
