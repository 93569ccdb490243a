package dev.osprey;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A test class of {@link RealServer} that leaves its server as it was and asks nothing of a fresh one. Such classes come one after
 * the other, at the same server: to start one takes a quarter of a minute.
 */
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface SharesServer {}
