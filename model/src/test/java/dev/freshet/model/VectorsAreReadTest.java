package dev.freshet.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every entry of the reference numbers is read by a test, or is named here with the reason why none does. */
class VectorsAreReadTest {
    private static final Path VECTORS = Path.of("src/test/resources/vectors");
    private static final Path TESTS = Path.of("src/test/java/dev/freshet/model");

    private static final String ESTIMATORS = "divergence/DivergenceEstimatorsTest.java";
    private static final String GENERATORS = "divergence/GeneratorVectorsTest.java";
    private static final String PAIRS = "divergence/VariationalPairTest.java";
    private static final String REVERSE_KL = "divergence/ReverseKlEstimatorsTest.java";
    private static final String FDPG = "objective/FdpgVectorsTest.java";
    private static final String RLVR = "objective/RlvrTest.java";
    private static final String FDISTILL = "objective/FDistillVectorsTest.java";
    private static final String GAUSSIANS = "objective/Gaussians.java";
    private static final String EQUAL_REWARDS = "objective/EqualRewardsTest.java";
    private static final String REHEARSAL = "objective/RehearsalLossTest.java";
    private static final String FLAT = "objective/FlatUnlearningTest.java";
    private static final String TRAJECTORY = "objective/TrajectoryLossTest.java";
    private static final String STORE = "trajectory/OutputStoreTest.java";
    private static final String ASCENT = "transformer/AscentTest.java";
    private static final String ADVANTAGES = "objective/AdvantageRuleTest.java";
    private static final String AGGREGATIONS = "objective/LossAggregationTest.java";
    private static final String PREFERENCES = "objective/PreferenceVectorsTest.java";
    private static final String LOGITS = "learning/LogitsAsRewardsTest.java";

    /** The entry, its last name in quotes, stands in the source of the test that reads it. */
    private static final Map<String, String> READ_BY = entries(
            "estimators/log_ratio_pi_over_ref, k1, k2, k3", REVERSE_KL,
            "estimators/enumerated/reverse_kl, forward_kl, E_k1, E_k2, E_k3", REVERSE_KL,
            "estimators/enumerated/grad_reverse_kl, grad_forward_kl", REVERSE_KL,
            "estimators/enumerated/expected_grad/k1_as_loss, k2_as_loss, k3_as_loss", REVERSE_KL,
            "estimators/enumerated/pi, ref", "divergence/Enumerated.java",
            "estimators/general_f/*/D, grad, naive_differentiate_value_as_loss_on_policy, bias_of_naive", ESTIMATORS,
            "exact_divergences/*/pi, p, D_pi_p", ESTIMATORS,
            "generators/*/dual, t, f, f_prime, f_second, f_second_t2, on_policy_value_f_over_t", GENERATORS,
            "generators/*/anchor_sample_grad_coeff_t_f_prime, fdpg_pseudo_reward", GENERATORS,
            "generators/*/h_distill_at_r_equals_1_over_t, r, f_at_0, f_prime_at_inf", GENERATORS,
            "generators/*/log_domain/ell, f_prime", GENERATORS,
            "generators/*/conjugate/u, f_star", GENERATORS,
            "fdpg/theta, pi, target, target_with_zero, proposal", FDPG,
            "fdpg/exact/*/D, grad_theta, pseudo_reward", FDPG,
            "fdpg/exact_zero_target/*/D, grad_theta", FDPG,
            "fdpg/sampled/Z_true, unnormalised_target, batch1, batch2", FDPG,
            "fdpg/sampled/results/FORWARD_KL, REVERSE_KL, JS_GAN, TOTAL_VARIATION, PEARSON_CHI2, NEYMAN_CHI2", FDPG,
            "fdpg/alpha_dpg", FDPG,
            "fdpg/rlhf_equivalence/base, reward, beta, target, grad_D, grad_J", FDPG,
            "fgan_activation/v", PAIRS,
            "fgan_activation/*/g, g_prime, f_star_of_g, f_star_of_g_prime", PAIRS,
            "f_sft_phi/*/r, phi, weight_phi_prime", PAIRS,
            "dpo/chosen_logp, rejected_logp, chosen_ref, rejected_ref, beta, cdpo_eps0.1, ipo", PREFERENCES,
            "dpo/losses/*/margin_times_beta, per_pair, mean, grad_chosen_rejected", PREFERENCES,
            "dpo/logits_as_Q/logits, actions, V, logp, token_reward_Q_minus_nextV, sum", LOGITS,
            "dpo/logits_as_Q/ref_logp, token_reward_with_ref, beta", LOGITS,
            "flat/template_token_probs, forget_token_probs, pbar_template, pbar_forget", FLAT,
            "flat/losses_mean_over_examples/*/per_example, batch_mean, grad_token_probs", FLAT,
            "flat/losses_mean_over_examples/*/dL_dPbar_template, dL_dPbar_forget", FLAT,
            "saf/logits, past_logits, labels, lam, tau, kl_past_cur_per_example, ce, total", TRAJECTORY,
            "saf/trajectory_loss_with_tau2, trajectory_loss_without_tau2, grad_trajectory, grad_total", TRAJECTORY,
            "saf/ring_buffer/E_tilde, slots, zero_based_epochs, write_slot, read_slot", STORE,
            "saf/ring_buffer/trajectory_loss_active_released", STORE,
            "saf/ema/v, theta, beta, v_new", ASCENT,
            "saf/sam_quadratic/H_diag, w, rho, grad, perturbation, sam_grad, loss, loss_perturbed", ASCENT,
            "dph/logp_new, logp_ref, mask", REHEARSAL,
            "dph/per_token/FORWARD_NLL, DPH_F_centred, DPH_JS_generator_2JS, DPH_JS_true_half", REHEARSAL,
            "dph/per_token/DPH_JS_definition_buffer_term, ALPHA_0.2, ALPHA_0.5, ALPHA_0.8", REHEARSAL,
            "dph/token_mean/FORWARD_NLL, DPH_F_centred, DPH_JS_generator_2JS, DPH_JS_true_half", REHEARSAL,
            "dph/token_mean/DPH_JS_definition_buffer_term, ALPHA_0.2, ALPHA_0.5, ALPHA_0.8", REHEARSAL,
            "dph/seq_mean_token_mean/FORWARD_NLL, DPH_F_centred, DPH_JS_generator_2JS, DPH_JS_true_half", REHEARSAL,
            "dph/seq_mean_token_mean/DPH_JS_definition_buffer_term, ALPHA_0.2, ALPHA_0.5, ALPHA_0.8", REHEARSAL,
            "dph/grad_token_mean_wrt_logp_new/FORWARD_NLL, DPH_F_centred, DPH_JS_generator_2JS", REHEARSAL,
            "dph/grad_token_mean_wrt_logp_new/DPH_JS_true_half, DPH_JS_definition_buffer_term", REHEARSAL,
            "dph/grad_token_mean_wrt_logp_new/ALPHA_0.2, ALPHA_0.5, ALPHA_0.8", REHEARSAL,
            "dph/enumerated_identities/pi, ref, KL_ref_pi, two_JS", REHEARSAL,
            "dph/enumerated_identities/KL_ref_m, KL_pi_ref", "divergence/JensenShannonHalvesTest.java",
            "dph/clamp_trap/log_ratio, centred_value, centred_grad, js_value, js_grad", REHEARSAL,
            "dph/split/correct/q1, q2, q3, q4, q5", "rehearsal/RehearsalSetTest.java",
            "dph/split/D_pef/6, 7, 8", "rehearsal/RehearsalSetTest.java",
            "rlvr/rewards", ADVANTAGES,
            "rlvr/group, dapo_dynamic_sampling_keep", EQUAL_REWARDS,
            "rlvr/advantages/grpo_std_ddof1_eps1e-6, dr_grpo, rloo", ADVANTAGES,
            "rlvr/surrogate/logp_new, logp_old, mask, advantage_per_sequence", RLVR,
            "rlvr/dph_total/L_exp, L_pef, eta, total", RLVR,
            "rlvr/surrogate/variants/*/per_token, token_mean, grad_token_mean", RLVR,
            "rlvr/surrogate/variants/*/seq_mean_token_mean, seq_mean_token_sum", AGGREGATIONS,
            "rlvr/surrogate/variants/*/dr_grpo_mean_over_seqs_sum_over_tokens_div_maxlen", AGGREGATIONS,
            "rlvr/surrogate/variants/*/verl_seq_mean_token_sum_norm", AGGREGATIONS,
            "fdistill/r", FDISTILL,
            "fdistill/h/reverse_kl, softened_rkl, js, squared_hellinger, forward_kl, jeffreys, neyman", FDISTILL,
            "fdistill/canonical_name_and_scale/reverse_kl, softened_rkl, js, squared_hellinger", FDISTILL,
            "fdistill/canonical_name_and_scale/forward_kl, jeffreys, neyman", FDISTILL,
            "fdistill/gaussian_check/teacher/w, mean, std", GAUSSIANS,
            "fdistill/gaussian_check/student/mean, std", GAUSSIANS,
            "fdistill/gaussian_check/results/reverse_kl/D, grad_mu_sigma", FDISTILL,
            "fdistill/gaussian_check/results/softened_rkl/D, grad_mu_sigma", FDISTILL,
            "fdistill/gaussian_check/results/js/D, grad_mu_sigma", FDISTILL,
            "fdistill/gaussian_check/results/squared_hellinger/D, grad_mu_sigma", FDISTILL,
            "fdistill/gaussian_check/results/forward_kl/D, grad_mu_sigma", FDISTILL,
            "fdistill/gaussian_check/results/jeffreys/D, grad_mu_sigma", FDISTILL,
            "fdistill/weight_pipeline/disc_logits, t, t_range, ratio_clamp, bins, ratio, bin_index", FDISTILL,
            "fdistill/weight_pipeline/variants/*/bins_after, normalised_ratio", FDISTILL,
            "fdistill/weight_pipeline/variants/*/weight/js, forward_kl, softened_rkl, jeffreys", FDISTILL,
            "fdistill/vsd_step/gen, teacher_x0, fake_x0, h, grad_direction, loss_half_mse, dloss_dgen", FDISTILL);

    private static final Map<String, String> NOT_OFFERED = entries(
            "fdistill/r_definition", "is prose",
            "fdistill/gaussian_check/formula", "is prose",
            "fdistill/vsd_step/note", "is prose",
            "fdpg/exact_zero_target/*/note", "is prose",
            "fdpg/sampled/rules", "is prose",
            "fdpg/rlhf_equivalence/identity", "is prose",
            "estimators/k3_clamped_pm20_pm10",
                    "a clamp of the value stops the gradient; Rlvr clamps the log ratio alone",
            "dph/note", "is prose",
            "dpo/logits_as_Q/identity", "is prose",
            "dph/split/rule", "is prose",
            "dph/per_token/DPH_F_released_clamped",
                    "DPH-RL's released code, whose clamp of the value stops the gradient",
            "dph/token_mean/DPH_F_released_clamped", "likewise",
            "dph/seq_mean_token_mean/DPH_F_released_clamped", "likewise",
            "dph/grad_token_mean_wrt_logp_new/DPH_F_released_clamped", "likewise",
            "dph/clamp_trap/clamped_value, clamped_grad", "likewise",
            "dph/enumerated_identities/var_centred, var_nll",
                    "variances of two estimators over samples, which neither is held to",
            "generators/*/meaning", "is prose",
            "generators/*/conjugate/note", "is prose",
            "fgan_activation/*/released_g, released_f_star_of_g",
                    "FLAT's released code, whose decreasing activations" + " would exchange the divergence's arguments",
            "flat/released_code_variant/padded_positions_per_row, P_template, P_forget, note",
                    "FLAT's released code, which averages over padding",
            "flat/released_code_variant/losses/*/loss, dL_dP_template, dL_dP_forget, correct_direction", "likewise",
            "saf/ring_buffer/note", "is prose",
            "f_sft_phi/*/strict_domain",
                    "is where the textbook's conjugate ends; phi is compared wherever it has values",
            "rlvr/advantages/grpo_std_ddof0_eps1e-6", "a divisor of G; verl's and TRL's, which is ours, is G - 1");

    @Test
    void everyEntryIsReadOrSaysWhyNot() throws IOException {
        Set<String> entries = new TreeSet<>();
        try (Stream<Path> files = Files.list(VECTORS)) {
            for (Path file : files.toList()) {
                String block = file.getFileName().toString().replace(".json", "");
                collect(block, new ObjectMapper().readTree(file.toFile()), entries);
            }
        }
        Set<String> accounted = new TreeSet<>(READ_BY.keySet());
        accounted.addAll(NOT_OFFERED.keySet());
        assertThat(accounted).containsExactlyElementsOf(entries);
        assertThat(READ_BY.keySet()).doesNotContainAnyElementsOf(NOT_OFFERED.keySet());
    }

    @Test
    void whatIsSaidToBeReadIsNamedThere() throws IOException {
        for (Map.Entry<String, String> entry : READ_BY.entrySet()) {
            String name = entry.getKey().substring(entry.getKey().lastIndexOf('/') + 1);
            assertThat(Files.readString(TESTS.resolve(entry.getValue())))
                    .as("%s reads %s", entry.getValue(), entry.getKey())
                    .containsPattern("[\", ]" + name + "[\",]");
        }
    }

    /** Paths of the leaves; members of a family, which all have the same leaves, go by the name *. */
    private static void collect(String path, JsonNode node, Set<String> entries) {
        if (!node.isObject()) {
            entries.add(path);
            return;
        }
        if (path.endsWith("/D_pi_p")) {
            entries.add(path);
            return;
        }
        node.properties().forEach(field -> {
            boolean member = field.getValue().isObject() && isFamily(path);
            collect(path + "/" + (member ? "*" : field.getKey()), field.getValue(), entries);
        });
    }

    private static boolean isFamily(String path) {
        return List.of(
                                "generators",
                                "fgan_activation",
                                "f_sft_phi",
                                "flat/losses_mean_over_examples",
                                "flat/released_code_variant/losses",
                                "exact_divergences",
                                "estimators/general_f",
                                "fdpg/exact",
                                "dpo/losses",
                                "fdpg/exact_zero_target")
                        .contains(path)
                || path.endsWith("/variants");
    }

    /** Pairs of "path/name, name" and what is said of those names. */
    private static Map<String, String> entries(String... pairs) {
        Map<String, String> entries = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            int end = pairs[i].lastIndexOf('/') + 1;
            for (String name : List.of(pairs[i].substring(end).split(", "))) {
                entries.put(pairs[i].substring(0, end) + name, pairs[i + 1]);
            }
        }
        return entries;
    }
}
