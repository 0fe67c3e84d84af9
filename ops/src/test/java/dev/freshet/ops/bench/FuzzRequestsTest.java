package dev.freshet.ops.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.ops.bench.FuzzRequest.Credentials;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FuzzRequestsTest {
    private static final int MANY = 20_000;

    private static List<FuzzRequest> requests(long seed) {
        FuzzRequests requests = new FuzzRequests(new SplittableRandom(seed), 1024);
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
                .hasSize(18);
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
