package dev.freshet.ops.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client finds out that has no control.proto: grpcurl by v1, its older versions and clients in Python by v1alpha. */
class ReflectionTest {
    private static final long DEADLINE_SECONDS = 10;

    private ControlServer server;
    private ManagedChannel channel;

    @BeforeEach
    void start() throws Exception {
        server = TestServer.start(new ScriptedRun(), List.of(), new ScriptedView());
        channel =
                NettyChannelBuilder.forAddress(server.address()).usePlaintext().build();
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"v1", "v1alpha"})
    void listsTheServices(String version) throws Exception {
        ServerReflectionResponse response = ask(
                version,
                ServerReflectionRequest.newBuilder().setListServices("").build());
        assertThat(response.getListServicesResponse().getServiceList())
                .extracting(ServiceResponse::getName)
                .contains(
                        "freshet.v1.Control",
                        "grpc.health.v1.Health",
                        "grpc.reflection.v1.ServerReflection",
                        "grpc.reflection.v1alpha.ServerReflection");
    }

    @ParameterizedTest
    @CsvSource({
        "v1, freshet.v1.Control, SwitchDivergence, spec",
        "v1, grpc.health.v1.Health, Check, service",
        "v1alpha, freshet.v1.Control, SwitchDivergence, spec",
        "v1alpha, grpc.health.v1.Health, Check, service"
    })
    void describesAServiceSoThatItCanBeCalled(String version, String name, String method, String field)
            throws Exception {
        ServerReflectionResponse response = ask(
                version,
                ServerReflectionRequest.newBuilder()
                        .setFileContainingSymbol(name)
                        .build());
        Descriptor request = service(response, name).findMethodByName(method).getInputType();
        assertThat(request.findFieldByName(field)).as(request.getFullName()).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"v1", "v1alpha"})
    void doesNotKnowWhatIsNotThere(String version) throws Exception {
        ServerReflectionResponse response = ask(
                version,
                ServerReflectionRequest.newBuilder()
                        .setFileContainingSymbol("freshet.v1.Explode")
                        .build());
        assertThat(response.hasErrorResponse()).isTrue();
    }

    /** The messages of both versions are the same on the wire. */
    private ServerReflectionResponse ask(String version, ServerReflectionRequest question) throws Exception {
        MethodDescriptor<ServerReflectionRequest, ServerReflectionResponse> method =
                ServerReflectionGrpc.getServerReflectionInfoMethod().toBuilder()
                        .setFullMethodName("grpc.reflection." + version + ".ServerReflection/ServerReflectionInfo")
                        .build();
        CompletableFuture<ServerReflectionResponse> answer = new CompletableFuture<>();
        StreamObserver<ServerReflectionRequest> questions =
                ClientCalls.asyncBidiStreamingCall(channel.newCall(method, CallOptions.DEFAULT), new First(answer));
        questions.onNext(question);
        try {
            return answer.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
        } finally {
            questions.onCompleted();
        }
    }

    /** Out of the files that were sent alone, as a client has them. */
    private static ServiceDescriptor service(ServerReflectionResponse response, String name) throws Exception {
        Map<String, FileDescriptorProto> files = new LinkedHashMap<>();
        for (ByteString bytes : response.getFileDescriptorResponse().getFileDescriptorProtoList()) {
            FileDescriptorProto file = FileDescriptorProto.parseFrom(bytes);
            files.put(file.getName(), file);
        }
        for (FileDescriptorProto file : files.values()) {
            ServiceDescriptor service = built(file, files).findServiceByName(name.substring(name.lastIndexOf('.') + 1));
            if (service != null && service.getFullName().equals(name)) {
                return service;
            }
        }
        throw new AssertionError(name + " is in none of " + files.keySet());
    }

    private static FileDescriptor built(FileDescriptorProto file, Map<String, FileDescriptorProto> files)
            throws Exception {
        FileDescriptor[] needed = new FileDescriptor[file.getDependencyCount()];
        for (int i = 0; i < needed.length; i++) {
            needed[i] = built(Objects.requireNonNull(files.get(file.getDependency(i)), file.getDependency(i)), files);
        }
        return FileDescriptor.buildFrom(file, needed);
    }

    private record First(CompletableFuture<ServerReflectionResponse> answer)
            implements StreamObserver<ServerReflectionResponse> {
        @Override
        public void onNext(ServerReflectionResponse response) {
            answer.complete(response);
        }

        @Override
        public void onError(Throwable failure) {
            answer.completeExceptionally(failure);
        }

        @Override
        public void onCompleted() {
            answer.completeExceptionally(new IllegalStateException("ended without an answer"));
        }
    }
}
