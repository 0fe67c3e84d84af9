/**
 * What a policy knows of answers that it has been taught or made to forget: {@link dev.freshet.model.answers.KnownAnswer} is one, and
 * {@link dev.freshet.model.answers.AnswerQuality} how it comes off.
 */
@NullMarked
package dev.freshet.model.answers;

import org.jspecify.annotations.NullMarked;
