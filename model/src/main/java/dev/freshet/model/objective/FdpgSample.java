package dev.freshet.model.objective;

/**
 * A rollout as f-DPG sees it: a point of the space that its distributions are over. Log-probs are of the whole rollout, given its prompt.
 *
 * @param context tells what has a partition function of its own: {@link FdpgContext}
 * @param logPolicy ln pi, as the step begins
 * @param logProposal ln q of what sampled it
 * @param logReference ln a
 * @param reward the verifier's
 * @param tokens of the completion
 */
record FdpgSample(long context, double logPolicy, double logProposal, double logReference, double reward, int tokens) {}
