package dev.freshet.ops.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.actors.MutableSetting;
import dev.freshet.ops.bench.FuzzRequest.Credentials;
import dev.freshet.ops.training.ConfigSteering;
import dev.freshet.streams.PipelineSettings;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FuzzRequestsTest {
    private static final int MANY = 20_000;
    private static final int LARGEST_MESSAGE = 16 * 1024;
    private static final ConfigSteering STEERING =
            new ConfigSteering(Quickstart.config(), PipelineSettings.from(Quickstart.config()));
    private static final List<String> MUTABLE =
            STEERING.mutable().stream().map(MutableSetting::key).toList();

    private static List<FuzzRequest> requests(long seed) {
        FuzzRequests requests = new FuzzRequests(new SplittableRandom(seed), LARGEST_MESSAGE, MUTABLE);
        return Stream.generate(requests::next).limit(MANY).toList();
    }

    @Test
    void theSameSeedMakesTheSameRequests() {
        assertThat(requests(3)).isEqualTo(requests(3)).isNotEqualTo(requests(4));
    }

    @Test
    void everyKindIsAmongThem() {
        Set<String> kinds = requests(1).stream().map(FuzzRequest::kind).collect(Collectors.toSet());
        assertThat(kinds)
                .contains("unreadable", "huge_string", "no_coefficient", "wrong_token", "unknown_method", "left_stream")
                .hasSize(21);
    }

    @Test
    void noMutableSettingCanHaveAValueThatIsSentForIt() {
        assertThat(MUTABLE)
                .hasSizeGreaterThan(10)
                .allSatisfy(key -> assertThat(FuzzRequests.NO_VALUES)
                        .allSatisfy(value -> assertThatThrownBy(() -> STEERING.with(Map.of(key, value)))
                                .as("%s = %s", key, value)
                                .isInstanceOf(IllegalArgumentException.class)));
    }

    @Test
    void everyMutableSettingIsTried() {
        String sent = requests(1).stream()
                .filter(request -> request.kind().equals("unknown_setting"))
                .map(request -> new String(request.messages().get(0).bytes(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("\n"));
        assertThat(MUTABLE).allSatisfy(key -> assertThat(sent).contains(key));
    }

    @Test
    void aLongStringFitsIntoAMessageThatTheServerTakes() {
        assertThat(requests(1))
                .filteredOn(request -> request.kind().equals("long_string"))
                .isNotEmpty()
                .allSatisfy(request ->
                        assertThat(request.messages().get(0).bytes()).hasSizeBetween(2_000, LARGEST_MESSAGE));
    }

    @Test
    void noCommandIsEverSentAsOneThatWouldBeCarriedOut() {
        assertThat(requests(1))
                .filteredOn(request -> request.credentials() == Credentials.RIGHT)
                .filteredOn(request -> request.method().matches(".*/(Resume|Drain|Stop|Checkpoint)"))
                .isNotEmpty()
                .allSatisfy(request -> assertThat(request.messages())
                        .allSatisfy(message -> assertThat(message.bytes()[0])
                                .as("a field number that no message has")
                                .isZero()));
    }
}
