package dev.freshet.model.generation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RowMovesTest {
    @Test
    void fillsHolesFromTheRowsBehindTheNewEnd() {
        RowMoves moves = RowMoves.closing(List.of(true, false, true, false, true, true));
        assertThat(moves.from()).containsExactly(4, 5);
        assertThat(moves.to()).containsExactly(1, 3);
    }

    @Test
    void movesNothingWhenOnlyTheLastRowsWereFreed() {
        assertThat(RowMoves.closing(List.of(true, true, false, false)).isEmpty())
                .isTrue();
        assertThat(RowMoves.closing(List.of(false, false)).isEmpty()).isTrue();
        assertThat(RowMoves.closing(List.of()).isEmpty()).isTrue();
    }
}
