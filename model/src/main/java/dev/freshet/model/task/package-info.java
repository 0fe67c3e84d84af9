/** Where prompts and rewards come from: a {@link dev.freshet.model.task.Task} is a set of prompts with a verifier. */
@NullMarked
package dev.freshet.model.task;

import org.jspecify.annotations.NullMarked;
