package dev.freshet.model.distillation;

import dev.freshet.model.diffusion.DiffusionProgram;
import dev.freshet.model.diffusion.Draws;
import dev.freshet.model.diffusion.Draws.Purpose;
import dev.freshet.model.diffusion.HostTensors;
import dev.freshet.model.diffusion.TrainableParameters;
import dev.freshet.model.engine.OpenedSoFar;
import dev.freshet.model.safetensors.TensorData;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The program and all that distillation trains and compares, in native memory that this object owns. */
final class Networks implements AutoCloseable {
    /** Prefixes of their tensors' names. */
    static final String TEACHER = "teacher.";

    static final String STUDENT = "student.";
    static final String FAKE = "fake.";
    static final String DISCRIMINATOR = "discriminator.";

    private final DiffusionProgram program;
    private final Teacher teacher;
    private final TrainableParameters student;
    private final TrainableParameters fake;
    private final TrainableParameters discriminator;

    private Networks(
            DiffusionProgram program,
            Teacher teacher,
            TrainableParameters student,
            TrainableParameters fake,
            TrainableParameters discriminator) {
        this.program = program;
        this.teacher = teacher;
        this.student = student;
        this.fake = fake;
        this.discriminator = discriminator;
    }

    /**
     * @param optimizer those of {@link #optimizer}, or none for the state before the first update
     * @throws IllegalArgumentException if the tensors are not those of the settings
     */
    static Networks open(
            DistillationSettings settings, int dimensions, List<TensorData> weights, List<TensorData> optimizer) {
        Draws any = Draws.of(settings.seed(), Purpose.INITIAL_WEIGHTS, 0);
        List<TensorData> score = settings.score(dimensions).initialise(any);
        Opening opening = new Opening(settings, weights, optimizer);
        try (OpenedSoFar opened = new OpenedSoFar()) {
            Networks networks = new Networks(
                    opened.add(DiffusionProgram.load(settings.scaling(), settings.device())),
                    opened.add(teacher(settings, opening, score)),
                    opened.add(opening.parameters(
                            STUDENT, settings.student().of(dimensions).initialise(any))),
                    opened.add(opening.parameters(FAKE, score)),
                    opened.add(opening.parameters(
                            DISCRIMINATOR, settings.discriminator(dimensions).initialise(any))));
            opened.keep();
            return networks;
        }
    }

    private static Teacher teacher(DistillationSettings settings, Opening opening, List<TensorData> score) {
        return switch (settings.teacher().kind()) {
            case EXACT -> ExactTeacher.of(settings.data().mixture(), settings.device());
            case TRAINED -> new TrainedTeacher(opening.frozen(TEACHER, score));
        };
    }

    DiffusionProgram program() {
        return program;
    }

    Teacher teacher() {
        return teacher;
    }

    TrainableParameters student() {
        return student;
    }

    /** The student's own score. */
    TrainableParameters fake() {
        return fake;
    }

    TrainableParameters discriminator() {
        return discriminator;
    }

    /** A copy of all weights in host memory. */
    List<TensorData> weights() {
        List<TensorData> weights = new ArrayList<>();
        if (teacher instanceof TrainedTeacher trained) {
            weights.addAll(HostTensors.prefixed(TEACHER, trained.score().toTensors()));
        }
        weights.addAll(all(TrainableParameters::toTensors));
        return weights;
    }

    /** A copy of all optimizers' states in host memory. */
    List<TensorData> optimizer() {
        return all(TrainableParameters::optimizer);
    }

    private List<TensorData> all(Function<TrainableParameters, List<TensorData>> tensors) {
        List<TensorData> all = new ArrayList<>(HostTensors.prefixed(STUDENT, tensors.apply(student)));
        all.addAll(HostTensors.prefixed(FAKE, tensors.apply(fake)));
        all.addAll(HostTensors.prefixed(DISCRIMINATOR, tensors.apply(discriminator)));
        return all;
    }

    @Override
    public void close() {
        discriminator.close();
        fake.close();
        student.close();
        teacher.close();
        program.close();
    }

    /** The tensors of a state, by network. */
    private record Opening(DistillationSettings settings, List<TensorData> weights, List<TensorData> optimizer) {
        TrainableParameters parameters(String prefix, List<TensorData> like) {
            return TrainableParameters.of(
                    settings.device(), weights(prefix, like), HostTensors.below(prefix, optimizer));
        }

        TrainableParameters frozen(String prefix, List<TensorData> like) {
            return TrainableParameters.of(settings.device(), weights(prefix, like), List.of());
        }

        private List<TensorData> weights(String prefix, List<TensorData> like) {
            Map<String, TensorData> given = HostTensors.below(prefix, weights).stream()
                    .collect(Collectors.toMap(TensorData::name, Function.identity()));
            if (!shapes(given.values().stream().toList()).equals(shapes(like))) {
                throw new IllegalArgumentException("the weights under " + prefix + " must be those of the settings, "
                        + shapes(like) + ", were "
                        + shapes(given.values().stream().toList())
                        + ": resume a run with the networks that it began with (freshet.distill)");
            }
            // In the network's order: a file has them in its own.
            return like.stream()
                    .flatMap(tensor ->
                            given.values().stream().filter(one -> one.name().equals(tensor.name())))
                    .toList();
        }

        private static Map<String, List<Long>> shapes(List<TensorData> tensors) {
            return tensors.stream().collect(Collectors.toMap(TensorData::name, TensorData::shape));
        }
    }
}
