package dev.freshet.ops.training;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * How held-out prompts are measured; {@code training.conf} documents each key.
 *
 * @param prompts measured at most
 * @param samples answers a prompt
 * @param ks the k of each pass@k
 * @param timeout of one evaluation as a whole
 */
public record EvaluationSettings(int prompts, int samples, List<Integer> ks, Duration timeout) {
    private static final String PATH = "freshet.evaluation";
    private static final Duration LONGEST = Duration.ofDays(100);

    public EvaluationSettings {
        ks = List.copyOf(ks);
        if (prompts < 1) {
            throw new IllegalArgumentException(
                    "prompts must be at least 1, was " + prompts + " (" + PATH + ".prompts)");
        }
        if (samples < 1) {
            throw new IllegalArgumentException(
                    "samples must be at least 1, was " + samples + " (" + PATH + ".samples)");
        }
        if (timeout.isNegative() || timeout.toMillis() == 0 || timeout.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("timeout must be at least 1 ms and at most " + LONGEST.toDays() + " days, was "
                    + timeout + " (" + PATH + ".timeout)");
        }
        for (int k : ks) {
            if (k < 1 || k > samples) {
                throw new IllegalArgumentException("k must be at least 1 and at most samples, " + samples + ", was " + k
                        + " (" + PATH + ".k, " + PATH + ".samples)");
            }
        }
    }

    /** The same for other ks, with as many samples as the largest needs. */
    EvaluationSettings forKs(List<Integer> others) {
        if (others.isEmpty()) {
            return this;
        }
        int largest = others.stream().mapToInt(Integer::intValue).max().orElseThrow();
        return new EvaluationSettings(prompts, Math.max(samples, largest), others, timeout);
    }

    /** The same with further ks, as far as the samples suffice for them. */
    EvaluationSettings alsoMeasuring(List<Integer> others) {
        List<Integer> all = Stream.concat(ks.stream(), others.stream().filter(k -> k <= samples))
                .distinct()
                .sorted()
                .toList();
        return new EvaluationSettings(prompts, samples, all, timeout);
    }

    static EvaluationSettings from(Config config) {
        Config evaluation = config.getConfig(PATH);
        return new EvaluationSettings(
                evaluation.getInt("prompts"),
                evaluation.getInt("samples"),
                evaluation.getIntList("k"),
                evaluation.getDuration("timeout"));
    }
}
