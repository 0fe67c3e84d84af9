package dev.freshet.model.objective;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.freshet.model.divergence.FDivergence;
import dev.freshet.model.engine.OwnedArray;
import dev.freshet.model.engine.Scalars;
import dev.freshet.model.rollout.LogProbs;
import java.util.ArrayList;
import java.util.List;

/**
 * A divergence from the reference as a cost that is taken from the reward, so that a token answers for the states that it leads to.
 * For the sum over a rollout's states of the divergence there,
 *
 * <pre>
 *   J      = E_pi[ sum over i of D_f(pi(.|s_i) || p(.|s_i)) ]
 *   grad J = E_pi[ sum over i of C_i grad ln pi_i ],    C_i = f'(t_i) + sum over later k of f(t_k) / t_k,    t = pi / p
 * </pre>
 *
 * <p>A token's own state enters by the gradient's estimator f', later states, which it changes only by leading there, by the value's
 * estimator f/t. For reverse KL both are the log ratio in expectation, and C is the usual sum of log ratios to come; for other f
 * a sum of f' to come would count later states wrongly, for forward KL not at all.
 *
 * <p>pi is the policy that advantages are of: the proximal one. Any number that does not depend on token i may be taken from C_i; it is
 * the mean of the peers' C at the same place, where a rollout that has ended costs nothing more.
 *
 * @param logRatioClamp bound of ln t on both sides
 */
record FoldedDivergence(FDivergence divergence, double logRatioClamp) {
    /**
     * C of each rollout's tokens.
     *
     * @param policy log-probs of each rollout
     * @param reference likewise
     * @param owner of what is computed on the way
     */
    List<double[]> costsToGo(List<LogProbs> policy, List<LogProbs> reference, NDManager owner) {
        int tokens = policy.stream().mapToInt(LogProbs::size).sum();
        float[] logPolicy = new float[tokens];
        float[] logReference = new float[tokens];
        int start = 0;
        for (int rollout = 0; rollout < policy.size(); rollout++) {
            policy.get(rollout).copyTo(logPolicy, start);
            reference.get(rollout).copyTo(logReference, start);
            start += policy.get(rollout).size();
        }
        NDArray unclamped =
                OwnedArray.of(logPolicy, owner).sub(OwnedArray.of(logReference, owner)); // (tokens,), as all below
        NDArray logRatio = Scalars.clip(unclamped, -logRatioClamp, logRatioClamp);
        float[] own = divergence.derivative(logRatio).toFloatArray();
        float[] later = divergence.valueOnPolicy(logRatio).toFloatArray();
        List<double[]> costs = new ArrayList<>();
        start = 0;
        for (LogProbs rollout : policy) {
            double[] toGo = new double[rollout.size()];
            double behind = 0;
            for (int token = toGo.length - 1; token >= 0; token--) {
                toGo[token] = own[start + token] + behind;
                behind += later[start + token];
            }
            costs.add(toGo);
            start += toGo.length;
        }
        return costs;
    }

    /** Costs of rollouts that are each other's peers, less the mean of the others at the same place. */
    static List<double[]> lessTheOthers(List<double[]> costs) {
        int longest = costs.stream().mapToInt(toGo -> toGo.length).max().orElse(0);
        double[] totals = new double[longest];
        for (double[] toGo : costs) {
            for (int token = 0; token < toGo.length; token++) {
                totals[token] += toGo[token];
            }
        }
        int others = costs.size() - 1;
        List<double[]> centred = new ArrayList<>();
        for (double[] toGo : costs) {
            double[] less = toGo.clone();
            for (int token = 0; token < less.length && others > 0; token++) {
                less[token] -= (totals[token] - toGo[token]) / others;
            }
            centred.add(less);
        }
        return centred;
    }
}
