package dev.freshet.ops.control;

import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelFactory;
import io.grpc.netty.shaded.io.netty.channel.ChannelFuture;
import io.grpc.netty.shaded.io.netty.channel.ServerChannel;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Accepts so many connections at one time. One more is closed as it comes, before anything is read from it or kept for it: callers who
 * show no token, or nothing at all, do not use up the descriptors that checkpoints and journal are written with. Callers on this machine,
 * such as its probes, are counted apart: others take no place from them.
 */
final class ConnectionLimit implements ChannelFactory<ServerChannel> {
    private final int most;
    private final CallListener listener;
    private final AtomicInteger fromHere = new AtomicInteger();
    private final AtomicInteger fromElsewhere = new AtomicInteger();

    /**
     * @param most from this machine, and from elsewhere as many again
     * @param listener told of each that is refused
     */
    ConnectionLimit(int most, CallListener listener) {
        this.most = most;
        this.listener = listener;
    }

    @Override
    public ServerChannel newChannel() {
        return new Limited();
    }

    /** Each call adds one connection to {@code accepted}, or none. */
    private void bound(List<Object> accepted) {
        Channel newest = (Channel) accepted.get(accepted.size() - 1);
        AtomicInteger open = isFromHere(newest) ? fromHere : fromElsewhere;
        if (open.incrementAndGet() > most) {
            open.decrementAndGet();
            accepted.remove(accepted.size() - 1);
            listener.connectionRefused(); // Before its caller can know.
            newest.unsafe().closeForcibly();
            return;
        }
        ChannelFuture unused = newest.closeFuture().addListener(closed -> open.decrementAndGet());
    }

    private static boolean isFromHere(Channel connection) {
        return connection.remoteAddress() instanceof InetSocketAddress peer
                && peer.getAddress().isLoopbackAddress();
    }

    private final class Limited extends NioServerSocketChannel {
        @Override
        protected int doReadMessages(List<Object> accepted) throws Exception {
            int read = super.doReadMessages(accepted);
            if (read > 0) {
                bound(accepted);
            }
            return read;
        }
    }
}
