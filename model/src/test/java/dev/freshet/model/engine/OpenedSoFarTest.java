package dev.freshet.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OpenedSoFarTest {
    private final List<String> closed = new ArrayList<>();

    @Test
    void anErrorHalfWayClosesWhatIsOpenNewestFirst() {
        assertThatThrownBy(() -> {
                    try (OpenedSoFar opened = new OpenedSoFar()) {
                        opened.add(resource("cache"));
                        opened.add(resource("buffers"));
                        throw new OutOfMemoryError("no more");
                    }
                })
                .isInstanceOf(OutOfMemoryError.class);
        assertThat(closed).containsExactly("buffers", "cache");
    }

    @Test
    void whatIsKeptStaysOpen() {
        try (OpenedSoFar opened = new OpenedSoFar()) {
            opened.add(resource("cache"));
            opened.keep();
        }
        assertThat(closed).isEmpty();
    }

    @Test
    void whatRefusesToCloseKeepsNothingElseOpenAndHidesNoCause() {
        assertThatThrownBy(() -> {
                    try (OpenedSoFar opened = new OpenedSoFar()) {
                        opened.add(resource("cache"));
                        opened.add(() -> {
                            throw new IllegalStateException("still leased");
                        });
                        throw new IllegalArgumentException("the cause");
                    }
                })
                .hasMessage("the cause")
                .satisfies(failure -> assertThat(failure.getSuppressed()[0])
                        .hasSuppressedException(new IllegalStateException("still leased")));
        assertThat(closed).containsExactly("cache");
    }

    private AutoCloseable resource(String name) {
        return () -> closed.add(name);
    }
}
