package dev.freshet.model.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CpuReservationTest {
    private static final int CPUS = Runtime.getRuntime().availableProcessors();

    @Test
    void theNamedThreadHasItsCpusToItselfWhileTheyAreHeld() throws Exception {
        try (EngineThread role = EngineThread.start("role-with-a-very-long-name", 1);
                EngineThread other = EngineThread.start("other", 1)) {
            int[] before = other.call(CpuReservationTest::allowedCpus);
            assertThat(role.call(CpuReservationTest::allowedCpus)).isEqualTo(before);

            Optional<CpuReservation> reservation = CpuReservation.of("role-with-a-very-long-name", 1);

            assertThat(reservation.isPresent()).isEqualTo(CPUS > 1 && before.length == CPUS);
            reservation.ifPresent(held -> {
                held.hold();
                int own = Integer.parseInt(held.cpus());
                int[] shared = Arrays.stream(before).filter(cpu -> cpu != own).toArray();
                assertThat(role.submit(CpuReservationTest::allowedCpus).join()).containsExactly(own);
                assertThat(other.submit(CpuReservationTest::allowedCpus).join()).isEqualTo(shared);
                held.release();
            });
            assertThat(role.call(CpuReservationTest::allowedCpus)).isEqualTo(before);
            assertThat(other.call(CpuReservationTest::allowedCpus)).isEqualTo(before);
        }
    }

    @Test
    void leavesAtLeastOneCpuForTheOthers() {
        assertThat(CpuReservation.of("role", CPUS)).isEmpty();
    }

    /** Of the calling thread, which the system writes as {@code 0-1,4}. */
    private static int[] allowedCpus() throws IOException {
        String list = Files.readAllLines(Path.of("/proc/thread-self/status")).stream()
                .filter(line -> line.startsWith("Cpus_allowed_list:"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElseThrow();
        return Arrays.stream(list.split(","))
                .map(range -> range.split("-"))
                .flatMapToInt(ends ->
                        IntStream.rangeClosed(Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1])))
                .toArray();
    }
}
