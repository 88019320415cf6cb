/// Pages for people: HTML whose text is always escaped, and the landing page made of it.
@NullMarked
package io.sentryexporter.web.page;

import org.jspecify.annotations.NullMarked;
