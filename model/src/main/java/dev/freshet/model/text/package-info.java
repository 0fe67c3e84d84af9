/** Text to tokens and back, behind {@link dev.freshet.model.text.TextTokenizer}. */
@NullMarked
package dev.freshet.model.text;

import org.jspecify.annotations.NullMarked;
