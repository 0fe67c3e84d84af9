package dev.freshet.ops.control;

import dev.freshet.ops.listen.BearerToken;
import io.grpc.ServerInterceptor;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Who may call, and how much. Callers of commands, callers of health who show the token, callers of health who do not, and
 * callers who are refused are counted apart, each by the same bounds: none of them takes a place or a moment from another.
 */
final class CallGuard {
    private final BoundedCalls commands;
    private final ServerInterceptor forCommands;
    private final ServerInterceptor forHealth;

    /** @param token that commands need; without one there is nobody who does not show it */
    CallGuard(Optional<BearerToken> token, CallBounds bounds, LongSupplier nanoTime) {
        this.commands = BoundedCalls.by(bounds, nanoTime);
        BoundedCalls health = BoundedCalls.by(bounds, nanoTime);
        this.forCommands = token.<ServerInterceptor>map(
                        secret -> new TokenGuard(secret, commands, TokenGuard.refusing(bounds, nanoTime)))
                .orElse(commands);
        this.forHealth = token.<ServerInterceptor>map(
                        secret -> new TokenGuard(secret, health, BoundedCalls.by(bounds, nanoTime)))
                .orElse(health);
    }

    /** Stands before the services that need the token. */
    ServerInterceptor forCommands() {
        return forCommands;
    }

    /** Stands before the health service, which probes ask that have no token. */
    ServerInterceptor forHealth() {
        return forHealth;
    }

    /** Those of commands that are under way. */
    CallLimit commandsUnderWay() {
        return commands.limit();
    }
}
