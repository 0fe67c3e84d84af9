package dev.freshet.ops.control.caller;

import dev.freshet.ops.control.Endpoint;
import dev.freshet.proto.v1.CheckpointRequest;
import dev.freshet.proto.v1.ControlGrpc;
import dev.freshet.proto.v1.ControlGrpc.ControlBlockingStub;
import dev.freshet.proto.v1.GetStatusRequest;
import dev.freshet.proto.v1.ListDivergencesRequest;
import dev.freshet.proto.v1.ListObjectivesRequest;
import dev.freshet.proto.v1.ListParametersRequest;
import dev.freshet.proto.v1.Parameter;
import dev.freshet.proto.v1.PauseRequest;
import dev.freshet.proto.v1.ResumeRequest;
import dev.freshet.proto.v1.SampleRequest;
import dev.freshet.proto.v1.SetParameterRequest;
import dev.freshet.proto.v1.SwitchDivergenceRequest;
import dev.freshet.proto.v1.WatchEventsRequest;
import dev.freshet.proto.v1.WatchEventsResponse;
import io.grpc.Context;
import io.grpc.Context.CancellableContext;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * Sends a run one command after another, drawn from a seed, good ones and such as have to be refused. A pause is never left
 * longer than a few commands. For one thread.
 */
public final class RandomCaller implements AutoCloseable {
    private static final int MOST_WHILE_PAUSED = 2;
    private static final int EVENTS_READ = 20;
    private static final List<String> SPECS = List.of("js", "reverse-kl", "forward-kl", "tv", "alpha:0.5", "none");
    private static final double[] COEFFICIENTS = {0.01, 0.05, 0.1};
    private static final double[] NO_COEFFICIENTS = {Double.NaN, Double.POSITIVE_INFINITY, -1};
    private static final String LEARNING_RATE = "freshet.train.learning-rate";
    private static final List<String> LEARNING_RATES = List.of("1e-5", "2e-5");
    private static final String COEFFICIENT = "freshet.divergence-coefficient";
    private static final String NOT_MUTABLE = "freshet.model.layers";

    private final ManagedChannel channel;
    private final List<Call> calls;
    private final List<Call> pack = new ArrayList<>();
    private final List<String> prompts;
    private final SplittableRandom random;
    private final Duration deadline;
    private int pausedFor;
    private String request = "";
    private List<Parameter> mutable = List.of();

    /**
     * @param calls that it may send; a resumption, too, as soon as a pause is among them
     * @param prompts that completions are asked for
     * @param deadline of every call
     */
    public RandomCaller(
            Endpoint endpoint, Set<Call> calls, List<String> prompts, SplittableRandom random, Duration deadline) {
        this.channel = NettyChannelBuilder.forAddress(endpoint.host(), endpoint.port())
                .usePlaintext()
                .proxyDetector(target -> null)
                .build();
        this.calls = calls.stream().sorted().toList();
        this.prompts = List.copyOf(prompts);
        this.random = random;
        this.deadline = deadline;
    }

    /** Draws a command, sends it, and waits for the answer. */
    public Answer call() {
        boolean isPausedLongEnough = pausedFor > MOST_WHILE_PAUSED;
        return call(isPausedLongEnough ? Call.RESUME : drawn());
    }

    /** As from a pack of cards: none comes a second time before all have come. */
    private Call drawn() {
        if (pack.isEmpty()) {
            pack.addAll(calls);
        }
        return pack.remove(random.nextInt(pack.size()));
    }

    /** Sends that command. */
    public Answer call(Call call) {
        request = "";
        if (call == Call.SET_PARAMETER) {
            lookAtParameters();
        }
        long start = System.nanoTime();
        Status status = status(call);
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        if (Call.PAUSES.contains(call) || pausedFor > 0) {
            pausedFor = call == Call.RESUME ? 0 : pausedFor + 1;
        }
        return new Answer(call, request, status, took);
    }

    /** Whether a pause has not been followed by a resumption yet. */
    public boolean hasPaused() {
        return pausedFor > 0;
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }

    private Status status(Call call) {
        try {
            send(call, stub());
            return Status.OK;
        } catch (StatusRuntimeException refused) {
            return refused.getStatus();
        }
    }

    private ControlBlockingStub stub() {
        return ControlGrpc.newBlockingStub(channel).withDeadlineAfter(deadline.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void send(Call call, ControlBlockingStub stub) {
        Object unused = switch (call) {
            case STATUS -> stub.getStatus(GetStatusRequest.getDefaultInstance());
            case PAUSE -> stub.pause(PauseRequest.getDefaultInstance());
            case PAUSE_NOW -> stub.pause(PauseRequest.newBuilder().setNow(true).build());
            case RESUME -> stub.resume(ResumeRequest.getDefaultInstance());
            case SWITCH_DIVERGENCE -> stub.switchDivergence(told(switchTo()));
            case SWITCH_DIVERGENCE_WRONGLY -> stub.switchDivergence(told(switchWrongly()));
            case LIST_DIVERGENCES -> stub.listDivergences(ListDivergencesRequest.getDefaultInstance());
            case LIST_OBJECTIVES -> stub.listObjectives(ListObjectivesRequest.getDefaultInstance());
            case CHECKPOINT -> stub.checkpoint(CheckpointRequest.getDefaultInstance());
            case LIST_PARAMETERS -> stub.listParameters(ListParametersRequest.getDefaultInstance());
            case SET_PARAMETER -> stub.setParameter(told(setTo()));
            case SET_PARAMETER_WRONGLY -> stub.setParameter(told(setWrongly()));
            case SAMPLE -> stub.sample(told(sample(oneOf(prompts), random.nextInt(1, 9))));
            case SAMPLE_WRONGLY ->
                stub.sample(
                        told(random.nextBoolean() ? sample(oneOf(prompts).repeat(200), 1) : sample(oneOf(prompts), 0)));
            case READ_EVENTS -> readEvents(stub);
        };
    }

    private SwitchDivergenceRequest switchTo() {
        SwitchDivergenceRequest.Builder change =
                SwitchDivergenceRequest.newBuilder().setSpec(oneOf(SPECS)).setDryRun(random.nextInt(4) == 0);
        if (random.nextBoolean()) {
            change.setCoefficient(COEFFICIENTS[random.nextInt(COEFFICIENTS.length)]);
        }
        return change.build();
    }

    private SwitchDivergenceRequest switchWrongly() {
        if (random.nextBoolean()) {
            return SwitchDivergenceRequest.newBuilder().setSpec("kl").build();
        }
        return SwitchDivergenceRequest.newBuilder()
                .setSpec("js")
                .setCoefficient(NO_COEFFICIENTS[random.nextInt(NO_COEFFICIENTS.length)])
                .build();
    }

    /** Any to what it is, and to other values those two that every step reports: so it shows whether each had the right one. */
    private SetParameterRequest setTo() {
        SetParameterRequest.Builder change = SetParameterRequest.newBuilder().setDryRun(random.nextInt(4) == 0);
        return switch (random.nextInt(3)) {
            case 0 ->
                change.setKey(LEARNING_RATE).setValue(oneOf(LEARNING_RATES)).build();
            case 1 ->
                change.setKey(COEFFICIENT)
                        .setValue(String.valueOf(COEFFICIENTS[random.nextInt(COEFFICIENTS.length)]))
                        .build();
            default -> {
                Parameter parameter = oneOf(mutable);
                yield change.setKey(parameter.getKey())
                        .setValue(parameter.getValue())
                        .build();
            }
        };
    }

    private void lookAtParameters() {
        try {
            mutable = stub().listParameters(ListParametersRequest.getDefaultInstance())
                    .getParametersList();
        } catch (StatusRuntimeException refused) {
            mutable = List.of();
        }
    }

    private SetParameterRequest setWrongly() {
        return switch (random.nextInt(3)) {
            case 0 ->
                SetParameterRequest.newBuilder()
                        .setKey("freshet.no-such-setting")
                        .setValue("1")
                        .build();
            case 1 ->
                SetParameterRequest.newBuilder()
                        .setKey(NOT_MUTABLE)
                        .setValue("7")
                        .build();
            default ->
                SetParameterRequest.newBuilder()
                        .setKey(LEARNING_RATE)
                        .setValue("-1")
                        .build();
        };
    }

    private static SampleRequest sample(String prompt, int completions) {
        return SampleRequest.newBuilder().setPrompt(prompt).setN(completions).build();
    }

    /** The first events of the journal, which have to follow each other. */
    private Object readEvents(ControlBlockingStub stub) {
        CancellableContext reading = Context.current().withCancellation();
        Context before = reading.attach();
        try {
            Iterator<WatchEventsResponse> events = stub.watchEvents(
                    WatchEventsRequest.newBuilder().setFromSequence(1).build());
            long expected = 1;
            while (expected <= EVENTS_READ && events.hasNext()) {
                long sequence = events.next().getSequence();
                if (sequence != expected) {
                    throw Status.DATA_LOSS
                            .withDescription("event " + sequence + " came in place of " + expected)
                            .asRuntimeException();
                }
                expected++;
            }
            return expected;
        } finally {
            reading.detach(before);
            reading.cancel(null);
        }
    }

    private <M> M told(M message) {
        String text = message.toString().strip().replaceAll("\\s+", " ");
        request = text.substring(0, Math.min(120, text.length()));
        return message;
    }

    private <E> E oneOf(List<E> all) {
        if (all.isEmpty()) {
            throw new StatusRuntimeException(Status.fromCode(Code.NOT_FOUND).withDescription("nothing to choose from"));
        }
        return all.get(random.nextInt(all.size()));
    }
}
