package dev.freshet.model.transformer;

import com.typesafe.config.Config;
import java.util.OptionalDouble;

/**
 * The random weights of a policy that nothing has been taught yet.
 *
 * @param deviation standard deviation of every matrix and of the embedding, above 0 ("initializer_range" in the field); empty: 1 / sqrt(width)
 *     for the embedding, and 0.5 / sqrt(fan-in) for each matrix
 * @param seed fixes every value, on every device
 */
public record InitialWeights(OptionalDouble deviation, long seed) {
    private static final String KEY = "freshet.warm-up.initializer-range";
    private static final double MATRIX_GAIN = 0.5;

    public InitialWeights {
        if (deviation.isPresent() && !(deviation.getAsDouble() > 0 && Double.isFinite(deviation.getAsDouble()))) {
            throw new IllegalArgumentException("initializer-range must be auto, or finite and above 0, was "
                    + deviation.getAsDouble() + " (" + KEY + ")");
        }
    }

    /** Deviations by fan-in. */
    public static InitialWeights of(long seed) {
        return new InitialWeights(OptionalDouble.empty(), seed);
    }

    /** Reads {@code freshet.warm-up.initializer-range} and {@code freshet.train.seed} from a whole configuration. */
    public static InitialWeights from(Config config) {
        boolean automatic = config.getValue(KEY).unwrapped().equals("auto");
        return new InitialWeights(
                automatic ? OptionalDouble.empty() : OptionalDouble.of(config.getDouble(KEY)),
                config.getLong("freshet.train.seed"));
    }

    double deviationOf(DecoderLayout.Parameter parameter, DecoderConfig config) {
        boolean embedding = parameter.name().contains("embed");
        return deviation.orElseGet(
                () -> embedding ? 1 / Math.sqrt(config.width()) : MATRIX_GAIN / Math.sqrt(parameter.fanIn()));
    }
}
