package dev.freshet.ops.control;

import dev.freshet.ops.listen.BearerToken;
import dev.freshet.ops.listen.TlsKeys;
import io.grpc.ChannelCredentials;
import io.grpc.ClientInterceptor;
import io.grpc.InsecureChannelCredentials;
import io.grpc.Metadata;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.MetadataUtils;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.TrustManager;

/**
 * How a caller shows who it is, and knows whom it calls.
 *
 * @param tls with the authority that must have signed the server's certificate; empty for a server without TLS
 */
public record ClientSecurity(Optional<BearerToken> token, Optional<TlsKeys> tls) {
    /** For a server that listens on loopback and asks for nothing. */
    public static final ClientSecurity NONE = new ClientSecurity(Optional.empty(), Optional.empty());

    ChannelCredentials credentials() {
        if (tls.isEmpty()) {
            return InsecureChannelCredentials.create();
        }
        TlsChannelCredentials.Builder credentials = TlsChannelCredentials.newBuilder()
                .trustManager(tls.get().authority().orElseThrow().toArray(TrustManager[]::new));
        tls.get().identity().ifPresent(own -> credentials.keyManager(own.toArray(KeyManager[]::new)));
        return credentials.build();
    }

    List<ClientInterceptor> interceptors() {
        return token.map(shown -> {
                    Metadata headers = new Metadata();
                    headers.put(TokenGuard.AUTHORIZATION, shown.header());
                    return List.of(MetadataUtils.newAttachHeadersInterceptor(headers));
                })
                .orElseGet(List::of);
    }
}
