/** Tests of the files that are deployed beside the program: {@link dev.freshet.ops.deploy.PrometheusFilesTest} is the first. */
@NullMarked
package dev.freshet.ops.deploy;

import org.jspecify.annotations.NullMarked;
