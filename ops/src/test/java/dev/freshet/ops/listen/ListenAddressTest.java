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
    void tellsLoopback(String host) {
        assertThat(new ListenAddress(KEY, host, 7070).isLoopback()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "10.1.2.3"})
    void fromWhatOthersCanReach(String host) {
        assertThat(new ListenAddress(KEY, host, 7070).isLoopback()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"example.org", "", "localhost.example.org", "127.0.0.1.example.org"})
    void looksNoNameUp(String host) {
        assertThatThrownBy(() -> new ListenAddress(KEY, host, 7070))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("host must be localhost or an address in digits, as in 127.0.0.1, was \"" + host
                        + "\" (freshet.control.host)");
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
