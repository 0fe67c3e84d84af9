package dev.freshet.ops.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListenAddressTest {
    private static final String KEY = "freshet.control";

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.8.9.10", "::1", "[::1]", "localhost"})
    void acceptsLoopback(String host) {
        assertThat(new ListenAddress(KEY, host, 7070)
                        .socketAddress()
                        .getAddress()
                        .isLoopbackAddress())
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"0.0.0.0", "::", "10.1.2.3", "example.org", "", "localhost.example.org", "127.0.0.1.example.org"
            })
    void refusesEverythingElseWithRuleAndRemedy(String host) {
        assertThatThrownBy(() -> new ListenAddress(KEY, host, 7070))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("host must be a loopback address, because this server has no TLS, was " + host
                        + "; use 127.0.0.1, and a tunnel (ssh -L) to reach it from elsewhere (freshet.control.host)");
    }

    @Test
    void refusesAPortThatIsNone() {
        assertThatThrownBy(() -> new ListenAddress(KEY, "127.0.0.1", 65536))
                .hasMessage("port must be between 0 (any free port) and 65535, was 65536 (freshet.control.port)");
    }

    @Test
    void tellsATakenPortFromAFreeOne() throws Exception {
        ListenAddress address;
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            address = new ListenAddress(KEY, "127.0.0.1", taken.getLocalPort());
            assertThatThrownBy(address::requireFree)
                    .isInstanceOf(BindException.class)
                    .hasMessage("cannot listen on " + address
                            + ": Address already in use; stop what listens there, or choose"
                            + " another port, 0 for any free one (freshet.control.port)");
        }
        assertThatCode(address::requireFree).doesNotThrowAnyException();
    }
}
