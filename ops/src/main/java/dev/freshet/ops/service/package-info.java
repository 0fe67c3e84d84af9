/** Freshet as a service of the operating system: {@link dev.freshet.ops.service.ServiceWatch} tells it how the run goes. */
@NullMarked
package dev.freshet.ops.service;

import org.jspecify.annotations.NullMarked;
