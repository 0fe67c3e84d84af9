package dev.freshet.model.divergence;

import static dev.freshet.model.engine.Scalars.minus;
import static dev.freshet.model.engine.Scalars.plus;

import ai.djl.ndarray.NDArray;

/**
 * An f-divergence of a model from an anchor, D_f(model || anchor) = E_anchor[f(t)] with t = model / anchor (Csiszar
 * 1967; Ali and Silvey 1966).
 *
 * <p>One convention for all: f is convex on t >= 0 and centred, f(1) = f'(1) = 0, hence f >= 0. Papers leave the
 * centring term s (t - 1) out or put it in; it never changes D_f, but it changes values of single samples, f*, and the
 * constants of pseudo-rewards. Whatever here follows a paper's uncentred generator f(t) + s (t - 1) says so, and
 * {@link #shift} is that s.
 *
 * <p>Everything is evaluated elementwise from the log ratio l = ln t = ln model - ln anchor, never from t, because t of
 * a sequence overflows. Arrays have any shape and any float type, and results have the same. Results are finite where
 * the mathematics is, infinite where it is or where its value overflows the type. Results attach to the argument's
 * manager, or are the argument itself; close that manager to free what was computed on the way.
 *
 * <p>An implementation states {@link #value}, {@link #derivative}, {@link #conjugate}, {@link #valueAtZero} and its
 * {@link #dual}; the rest is derived here. It overrides a derived quantity only where the derivation would overflow
 * although the quantity is finite, or to take the form that a paper prints.
 */
public sealed interface FDivergence permits SmoothDivergence, TotalVariation {
    /** f(t): the divergence's estimate from a sample of the anchor, and the rehearsal loss of DPH-RL (Li et al. 2025). */
    NDArray value(NDArray logRatio);

    /** f'(t): the link of f-DPO, and minus the pseudo-reward of f-DPG. */
    NDArray derivative(NDArray logRatio);

    /**
     * f*(u) = sup over t >= 0 of u t - f(t): Infinity for u beyond f'(Infinity), and -f(0) for u below f'(0), which
     * tables that forget t >= 0 lack. Its gradient is the t that attains the supremum.
     */
    NDArray conjugate(NDArray slope);

    /** The divergence with the arguments exchanged, D_f(model || anchor) = D_dual(anchor || model): t f(1/t). */
    FDivergence dual();

    /**
     * f(0): what a point that the model has given up costs, per unit of anchor probability. Infinity for the
     * mass-covering.
     */
    double valueAtZero();

    /**
     * f'(Infinity): what a point unknown to the anchor costs, per unit of model probability. Infinity for the
     * zero-forcing.
     */
    default double derivativeAtInfinity() {
        return dual().valueAtZero();
    }

    /**
     * s of the uncentred generator f(t) + s (t - 1) that the literature prints for this divergence; 0 if it prints
     * ours.
     */
    default double shift() {
        return 0;
    }

    /** f(t) / t: the divergence's estimate from a sample of the model, the penalty of RLVR. For reverse KL this is k3. */
    default NDArray valueOnPolicy(NDArray logRatio) {
        return dual().value(logRatio.neg());
    }

    /** t f'(t): the coefficient of grad ln model in the gradient of {@link #value}, on a sample of the anchor. */
    default NDArray anchorCoefficient(NDArray logRatio) {
        return logRatio.exp().mul(derivative(logRatio));
    }

    /** -f'(t): the reward whose policy gradient descends the divergence, f-DPG (Go et al. 2023, arXiv 2302.08215). */
    default NDArray pseudoReward(NDArray logRatio) {
        return derivative(logRatio).neg();
    }

    /**
     * g(v) of f-GAN (Nowozin et al. 2016, arXiv 1606.00709, table 6) and FLAT (Wang et al. 2024, arXiv 2410.11143):
     * increasing, from all reals into the domain of the uncentred conjugate. The papers' decreasing -e^v and 1 - e^v
     * would exchange the divergence's arguments and are not offered. Unless a class says otherwise, g(v) = f'(e^v) + s.
     */
    default NDArray activation(NDArray v) {
        return plus(derivative(v), shift());
    }

    /**
     * f*(g(v)) of the uncentred generator. Unless a class says otherwise, g is the derivative, and t f'(t) - f(t) is
     * minus the derivative of the dual at 1/t: so it stays accurate where g has long reached its bound.
     */
    default NDArray conjugateOfActivation(NDArray v) {
        return plus(dual().derivative(v.neg()).neg(), shift());
    }

    /**
     * phi(x) = -f*(-x) of the uncentred generator: the objective of f-SFT on the implicit reward x (Wang et al. 2025,
     * "Implicit Reward as the Bridge", arXiv 2507.00018). Constant where the conjugate is, -Infinity outside its
     * domain.
     */
    default NDArray phi(NDArray reward) {
        return plus(conjugate(minus(reward.neg(), shift())), shift()).neg();
    }
}
