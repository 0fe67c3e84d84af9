package dev.freshet.streams;

import dev.freshet.model.rollout.Rollout;
import dev.freshet.model.rollout.Tokens;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What the answers to one prompt are like, whether they are correct or not.
 *
 * @param tokens of all answers
 * @param surprisal mean over the tokens of -ln policy, in nats
 * @param distinct share of different n-grams, for n from 1 on; not a number where no answer is n tokens long
 * @param selfBleu not a number for a single answer
 * @param divergences means over the tokens, by spec
 */
record AnswerTexture(
        int tokens, double surprisal, List<Double> distinct, double selfBleu, Map<String, Double> divergences) {
    static final int LONGEST_NGRAM = 4;

    AnswerTexture {
        distinct = List.copyOf(distinct);
        divergences = Map.copyOf(divergences);
    }

    static AnswerTexture of(JudgedGroup judged) {
        List<Tokens> answers =
                judged.group().rollouts().stream().map(Rollout::completion).toList();
        List<Double> distinct = new ArrayList<>();
        for (int n = 1; n <= LONGEST_NGRAM; n++) {
            distinct.add(AnswerDiversity.distinct(answers, n));
        }
        int tokens = judged.group().completionTokens();
        return new AnswerTexture(
                tokens,
                surprisal(judged.group().rollouts()) / tokens,
                distinct,
                AnswerDiversity.selfBleu(answers),
                judged.divergences());
    }

    double distinct(int n) {
        return distinct.get(n - 1);
    }

    /** Weighted by policy over what was sampled from: by 1, unless top-k or top-p cut something away. */
    private static double surprisal(List<Rollout> rollouts) {
        double sum = 0;
        for (Rollout rollout : rollouts) {
            for (int token = 0; token < rollout.completion().size(); token++) {
                double policy = rollout.behaviour().get(token);
                sum -= policy * Math.exp(policy - rollout.sampled().get(token));
            }
        }
        return sum;
    }
}
