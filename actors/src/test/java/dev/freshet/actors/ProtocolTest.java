package dev.freshet.actors;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What an exhaustive switch would say, if the language had one. */
class ProtocolTest {
    @ParameterizedTest
    @MethodSource("protocols")
    void hasAHandlerForEveryMessage(Class<?> protocol, List<Class<?>> handlers) {
        Set<String> methods = handlers.stream()
                .flatMap(handler -> Stream.of(handler.getDeclaredMethods()))
                .map(Method::getName)
                .collect(Collectors.toSet());

        assertThat(protocol.getPermittedSubclasses())
                .isNotEmpty()
                .allSatisfy(message -> assertThat(methods).contains("on" + message.getSimpleName()));
    }

    static Stream<Arguments> protocols() {
        return Stream.of(
                Arguments.of(Generator.Command.class, List.of(Generator.class)),
                Arguments.of(GeneratorPool.Command.class, List.of(GeneratorPool.class)),
                Arguments.of(Verifier.Command.class, List.of(Verifier.class)),
                Arguments.of(ReferenceScorer.Command.class, List.of(ReferenceScorer.class)),
                Arguments.of(
                        Learner.Command.class,
                        List.of(Learner.class, LearnerSteering.class, LearnerSnapshots.class, LearnerRollback.class)),
                Arguments.of(CheckpointKeeper.Command.class, List.of(CheckpointKeeper.class)),
                Arguments.of(
                        Coordinator.Command.class, List.of(Coordinator.class, RunEnding.class, RollingBack.class)));
    }
}
