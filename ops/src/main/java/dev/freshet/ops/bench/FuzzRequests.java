package dev.freshet.ops.bench;

import com.google.protobuf.CodedOutputStream;
import dev.freshet.ops.bench.FuzzRequest.Credentials;
import dev.freshet.ops.bench.FuzzRequest.Ending;
import io.grpc.Status.Code;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/**
 * Draws requests that must change nothing, from a seed. A command that would be carried out is only ever sent with a message
 * that is none, or without the server's token.
 */
final class FuzzRequests {
    private static final String CONTROL = "freshet.v1.Control/";

    /** Each would change the run. */
    private static final List<String> COMMANDS = List.of("Resume", "Drain", "Stop", "Checkpoint");

    private static final List<String> TAKE_ONE_MESSAGE = List.of(
            "GetStatus",
            "Pause",
            "Resume",
            "Drain",
            "Stop",
            "SwitchDivergence",
            "SwitchObjective",
            "SetParameter",
            "ListParameters",
            "ListDivergences",
            "ListObjectives",
            "Checkpoint",
            "Rollback",
            "WatchEvents",
            "Sample",
            "Evaluate");

    /** They refuse a message without fields, too. */
    private static final List<String> NEED_WORDS = List.of("SwitchDivergence", "SetParameter", "SwitchObjective");

    private static final double[] NO_FACTORS = {
        Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -1, -Double.MIN_VALUE, -1e300
    };

    /** No setting that may change can have one of these. */
    static final List<String> NO_VALUES =
            List.of("NaN", "-1", "", "x", "1e999", "100e2147483647", "Infinity", "-Infinity", "[1]", "{a=1}");

    /** What a careless reader of messages might take for something else than a caller's words. */
    private static final List<String> TELLING = List.of(
            "std::bad_alloc",
            "CUDA out of memory",
            "Cannot allocate memory",
            "DefaultCPUAllocator: ",
            "java.lang.OutOfMemoryError",
            "${jndi:ldap://localhost}",
            "%s%n%d",
            "{} {}",
            "../../..");

    private static final List<String> OBJECTIVES = List.of("grpo", "rloo", "fdpg", "sft");

    /** At most, of those that {@link #text} draws. */
    private static final int BYTES_OF_A_CHARACTER = 3;

    /** Of a value that means nothing. */
    private static final Set<Code> REFUSED =
            EnumSet.of(Code.INVALID_ARGUMENT, Code.NOT_FOUND, Code.OUT_OF_RANGE, Code.FAILED_PRECONDITION);

    /** Also of a method that this server does not have. */
    private static final Set<Code> NOT_DONE = EnumSet.of(Code.INVALID_ARGUMENT, Code.NOT_FOUND);

    /** A caller who leaves may be too late to cut the answer off. */
    private static final Set<Code> LEFT = EnumSet.of(Code.OK, Code.CANCELLED, Code.DEADLINE_EXCEEDED);

    private final SplittableRandom random;
    private final int largestMessage;
    private final List<String> mutable;
    private final List<Supplier<FuzzRequest>> kinds = List.of(
            this::unreadable,
            this::cutMessage,
            this::hugeString,
            this::longString,
            this::wrongWireType,
            this::noFactor,
            this::unknownSpec,
            this::unknownSetting,
            this::unknownObjective,
            this::noSettingOfObjective,
            this::unknownVersion,
            this::eventOutOfRange,
            this::noSample,
            this::unknownSuite,
            this::unknownMethod,
            this::wrongToken,
            this::noMessage,
            this::twoMessages,
            this::leftCall,
            this::leftStream,
            this::hurriedCall);

    /**
     * @param largestMessage that the server takes, in bytes
     * @param mutable keys of the settings that may change, at least one
     */
    FuzzRequests(SplittableRandom random, int largestMessage, List<String> mutable) {
        this.random = random;
        this.mutable = List.copyOf(mutable);
        this.largestMessage = largestMessage;
    }

    FuzzRequest next() {
        return kinds.get(random.nextInt(kinds.size())).get();
    }

    private FuzzRequest unreadable() {
        FuzzMessage message = FuzzMessage.unreadable(random, random.nextInt(200));
        return waiting("unreadable", any(TAKE_ONE_MESSAGE), message, EnumSet.of(Code.INVALID_ARGUMENT));
    }

    private FuzzRequest cutMessage() {
        FuzzMessage whole = FuzzMessage.of(out -> out.writeString(1, text(1 + random.nextInt(100))));
        String method = any(List.of("SwitchDivergence", "SetParameter", "SwitchObjective", "Sample", "Evaluate"));
        return waiting("cut_message", method, whole.cut(), EnumSet.of(Code.INVALID_ARGUMENT));
    }

    private FuzzRequest hugeString() {
        int size = largestMessage + 1 + random.nextInt(largestMessage);
        FuzzMessage message = FuzzMessage.of(out -> out.writeString(1, "x".repeat(size)));
        String method = any(List.of("SwitchDivergence", "SetParameter", "Sample", "Evaluate"));
        return waiting("huge_string", method, message, EnumSet.of(Code.RESOURCE_EXHAUSTED));
    }

    /** Within what a message may have, and beyond what any word may: an answer that quoted it would not fit into its headers. */
    private FuzzRequest longString() {
        String string = text(2_000 + random.nextInt(largestMessage / BYTES_OF_A_CHARACTER - 3_000));
        FuzzMessage message = FuzzMessage.of(out -> out.writeString(1, string));
        String method = random.nextInt(3) == 0 ? any(List.of("Sample", "Evaluate")) : any(NEED_WORDS);
        return waiting("long_string", method, message, REFUSED);
    }

    /** Numbers where strings should be, and strings where numbers should be: protobuf takes them for fields it does not know. */
    private FuzzRequest wrongWireType() {
        FuzzMessage message = FuzzMessage.of(out -> {
            switch (random.nextInt(3)) {
                case 0 -> out.writeUInt64(1, random.nextLong());
                case 1 -> out.writeFixed64(1, random.nextLong());
                default -> out.writeFixed32(1, random.nextInt());
            }
            out.writeString(3, text(random.nextInt(100)));
        });
        return waiting("wrong_wire_type", any(NEED_WORDS), message, REFUSED);
    }

    private FuzzRequest noFactor() {
        double factor = NO_FACTORS[random.nextInt(NO_FACTORS.length)];
        FuzzMessage message = FuzzMessage.of(out -> {
            out.writeString(1, "js");
            out.writeDouble(2, factor);
        });
        return waiting("no_coefficient", "SwitchDivergence", message, EnumSet.of(Code.INVALID_ARGUMENT));
    }

    private FuzzRequest unknownSpec() {
        String spec = random.nextBoolean() ? "no-" + text(random.nextInt(300)) : "alpha:x" + text(random.nextInt(9));
        FuzzMessage message = FuzzMessage.of(out -> out.writeString(1, spec));
        return waiting("unknown_spec", "SwitchDivergence", message, EnumSet.of(Code.INVALID_ARGUMENT));
    }

    private FuzzRequest unknownSetting() {
        boolean known = random.nextBoolean();
        String key = known ? any(mutable) : "freshet.no." + text(random.nextInt(200));
        String value = known ? any(NO_VALUES) : text(random.nextInt(50));
        FuzzMessage message = FuzzMessage.of(out -> {
            out.writeString(1, key);
            out.writeString(2, value);
        });
        return waiting("unknown_setting", "SetParameter", message, NOT_DONE);
    }

    private FuzzRequest unknownObjective() {
        FuzzMessage message = FuzzMessage.of(out -> out.writeString(1, "no-" + text(random.nextInt(100))));
        return waiting("unknown_objective", "SwitchObjective", message, NOT_DONE);
    }

    private FuzzRequest noSettingOfObjective() {
        boolean known = random.nextBoolean();
        String key = known ? any(mutable) : "freshet.no." + text(random.nextInt(200));
        String value = known ? any(NO_VALUES) : text(random.nextInt(50));
        FuzzMessage setting = FuzzMessage.of(out -> {
            out.writeString(1, key);
            out.writeString(2, value);
        });
        FuzzMessage message = FuzzMessage.of(out -> {
            out.writeString(1, any(OBJECTIVES));
            out.writeByteArray(2, setting.bytes());
        });
        return waiting("no_setting_of_objective", "SwitchObjective", message, REFUSED);
    }

    private FuzzRequest unknownVersion() {
        long version = 1_000_000 + random.nextLong(Long.MAX_VALUE - 1_000_000);
        FuzzMessage message = FuzzMessage.of(out -> out.writeUInt64(1, random.nextBoolean() ? version : -version));
        return waiting("unknown_version", "Rollback", message, REFUSED);
    }

    private FuzzRequest eventOutOfRange() {
        long event = random.nextBoolean() ? Long.MAX_VALUE - random.nextInt(1000) : -1L - random.nextInt(1000);
        FuzzMessage message = FuzzMessage.of(out -> out.writeUInt64(1, event));
        return waiting("event_out_of_range", "WatchEvents", message, EnumSet.of(Code.OUT_OF_RANGE));
    }

    private FuzzRequest noSample() {
        FuzzMessage.Fields fields = switch (random.nextInt(4)) {
            case 0 -> out -> sample(out, "\u0000" + text(random.nextInt(100)), 1, 1);
            case 1 -> out -> sample(out, "1+1=", random.nextBoolean() ? 0 : -random.nextInt(1000) - 1, 1);
            case 2 -> out -> sample(out, "1+1=", 1, NO_FACTORS[random.nextInt(NO_FACTORS.length)]);
            default -> out -> sample(out, "1".repeat(1000 + random.nextInt(1000)), 1, 1);
        };
        return waiting("no_sample", "Sample", FuzzMessage.of(fields), EnumSet.of(Code.INVALID_ARGUMENT));
    }

    private static void sample(CodedOutputStream out, String prompt, int completions, double temperature)
            throws IOException {
        out.writeString(1, prompt);
        out.writeUInt32(2, completions);
        out.writeDouble(3, temperature);
    }

    private FuzzRequest unknownSuite() {
        FuzzMessage message = FuzzMessage.of(out -> out.writeString(1, "no-" + text(random.nextInt(100))));
        return waiting("unknown_suite", "Evaluate", message, EnumSet.of(Code.NOT_FOUND));
    }

    private FuzzRequest unknownMethod() {
        String name = "M" + Math.abs(random.nextInt());
        String method = random.nextBoolean() ? CONTROL + name : "no.such.Service" + random.nextInt(100) + "/" + name;
        Credentials credentials = any(List.of(Credentials.values()));
        return new FuzzRequest(
                "unknown_method",
                method,
                List.of(FuzzMessage.unreadable(random, random.nextInt(100))),
                credentials,
                Ending.WAIT,
                EnumSet.of(credentials == Credentials.RIGHT ? Code.UNIMPLEMENTED : Code.UNAUTHENTICATED));
    }

    private FuzzRequest wrongToken() {
        return new FuzzRequest(
                "wrong_token",
                CONTROL + any(COMMANDS),
                List.of(FuzzMessage.EMPTY),
                random.nextBoolean() ? Credentials.WRONG : Credentials.NONE,
                Ending.WAIT,
                EnumSet.of(Code.UNAUTHENTICATED));
    }

    private FuzzRequest noMessage() {
        return new FuzzRequest(
                "no_message",
                CONTROL + any(TAKE_ONE_MESSAGE),
                List.of(),
                Credentials.RIGHT,
                random.nextBoolean() ? Ending.WAIT : Ending.CANCEL,
                EnumSet.of(Code.INTERNAL, Code.CANCELLED));
    }

    private FuzzRequest twoMessages() {
        return new FuzzRequest(
                "two_messages",
                CONTROL + "GetStatus",
                List.of(FuzzMessage.EMPTY, FuzzMessage.EMPTY),
                Credentials.RIGHT,
                Ending.WAIT,
                EnumSet.of(Code.INTERNAL));
    }

    private FuzzRequest leftCall() {
        boolean sample = random.nextInt(4) == 0;
        FuzzMessage message = sample ? FuzzMessage.of(out -> sample(out, "1+1=", 1, 1)) : FuzzMessage.EMPTY;
        return new FuzzRequest(
                "left_call",
                CONTROL + (sample ? "Sample" : any(List.of("GetStatus", "Pause", "ListDivergences"))),
                List.of(message),
                Credentials.RIGHT,
                Ending.CANCEL,
                LEFT);
    }

    private FuzzRequest leftStream() {
        return new FuzzRequest(
                "left_stream",
                CONTROL + "WatchEvents",
                List.of(FuzzMessage.of(out -> out.writeUInt64(1, 1))),
                Credentials.RIGHT,
                random.nextBoolean() ? Ending.CANCEL : Ending.CANCEL_AFTER_ANSWER,
                LEFT);
    }

    private FuzzRequest hurriedCall() {
        return new FuzzRequest(
                "hurried_call",
                CONTROL + "GetStatus",
                List.of(FuzzMessage.EMPTY),
                Credentials.RIGHT,
                Ending.HURRY,
                LEFT);
    }

    private static FuzzRequest waiting(String kind, String method, FuzzMessage message, Set<Code> allowed) {
        return new FuzzRequest(kind, CONTROL + method, List.of(message), Credentials.RIGHT, Ending.WAIT, allowed);
    }

    private <T> T any(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    /** Of all planes, surrogates without their half excepted, which no protobuf string may hold; now and then with telling words. */
    private String text(int length) {
        StringBuilder text = new StringBuilder();
        String words = any(TELLING);
        if (words.length() <= length && random.nextInt(8) == 0) {
            text.append(words);
        }
        while (text.length() < length) {
            int character = random.nextBoolean() ? random.nextInt(0x80) : random.nextInt(0xD800);
            text.appendCodePoint(character);
        }
        return text.toString();
    }
}
