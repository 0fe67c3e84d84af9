package dev.freshet.ops.listen;

import java.util.Optional;

/** What a server asks of its callers: nothing, a token, TLS, or both. */
public record Guard(Optional<TlsKeys> tls, Optional<BearerToken> token) {}
