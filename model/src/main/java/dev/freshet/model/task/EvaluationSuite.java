package dev.freshet.model.task;

import dev.freshet.model.rollout.Prompt;
import java.util.List;
import java.util.function.Supplier;

/**
 * Prompts that a policy is measured on and never trained on, in a fixed order.
 *
 * @param name in settings, metrics and events: lower case, digits and underscores
 * @param prompts at least one, made when they are asked for
 */
public record EvaluationSuite(String name, Supplier<List<Prompt>> prompts) {}
