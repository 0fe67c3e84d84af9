package dev.freshet.ops.experiment;

import dev.freshet.model.answers.KnownAnswer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Sequences of tokens that one of ten classes draws, each with a distribution of its own that the others share in part; the class is to be
 * told. Of the labels that are learnt from, some were replaced by any class, so that there is something not to learn.
 *
 * @param seed fixes everything
 */
record SafWorld(long seed) {
    private static final int CLASSES = 10;
    private static final int VOCABULARY = 40;
    static final int LENGTH = 12;
    private static final double OWN_SHARE = 0.6;
    private static final double WRONG_LABELS = 0.25;

    /** Every word there is. */
    static List<String> vocabulary() {
        List<String> words = new ArrayList<>();
        IntStream.range(0, VOCABULARY).forEach(number -> words.add("token" + number));
        IntStream.range(0, CLASSES).forEach(number -> words.add("class" + number));
        return words;
    }

    /** With some labels replaced. */
    List<KnownAnswer> training(int count) {
        return examples(count, new SplittableRandom(seed * 31 + 2), WRONG_LABELS);
    }

    /** With all labels right. */
    List<KnownAnswer> test(int count) {
        return examples(count, new SplittableRandom(seed * 31 + 3), 0);
    }

    private List<KnownAnswer> examples(int count, SplittableRandom random, double wrongLabels) {
        double[][] cumulative = cumulative();
        List<KnownAnswer> examples = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int label = random.nextInt(CLASSES);
            StringBuilder prompt = new StringBuilder();
            for (int place = 0; place < LENGTH; place++) {
                prompt.append(place == 0 ? "token" : " token").append(draw(cumulative[label], random.nextDouble()));
            }
            boolean replaced = random.nextDouble() < wrongLabels;
            String answer = "class" + (replaced ? random.nextInt(CLASSES) : label);
            examples.add(new KnownAnswer(prompt.toString(), answer, answer, List.of()));
        }
        return examples;
    }

    /** Of each class the cumulative distribution over tokens: a softmax of normal numbers, mixed with the mean of all classes'. */
    private double[][] cumulative() {
        SplittableRandom random = new SplittableRandom(seed * 31 + 1);
        double[][] own = new double[CLASSES][VOCABULARY];
        double[] mean = new double[VOCABULARY];
        for (double[] distribution : own) {
            double sum = 0;
            for (int token = 0; token < VOCABULARY; token++) {
                distribution[token] = Math.exp(random.nextGaussian());
                sum += distribution[token];
            }
            for (int token = 0; token < VOCABULARY; token++) {
                distribution[token] /= sum;
                mean[token] += distribution[token] / CLASSES;
            }
        }
        for (double[] distribution : own) {
            double sum = 0;
            for (int token = 0; token < VOCABULARY; token++) {
                sum += OWN_SHARE * distribution[token] + (1 - OWN_SHARE) * mean[token];
                distribution[token] = sum;
            }
        }
        return own;
    }

    private static int draw(double[] cumulative, double uniform) {
        int token = 0;
        while (token < cumulative.length - 1 && cumulative[token] < uniform) {
            token++;
        }
        return token;
    }
}
