/** What tells one content from another: {@link dev.freshet.model.digest.Sha256}. */
@NullMarked
package dev.freshet.model.digest;

import org.jspecify.annotations.NullMarked;
