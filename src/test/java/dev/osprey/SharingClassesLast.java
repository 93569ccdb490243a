package dev.osprey;

import java.util.Comparator;
import org.junit.jupiter.api.ClassDescriptor;
import org.junit.jupiter.api.ClassOrderer;
import org.junit.jupiter.api.ClassOrdererContext;

/** Runs those that {@link SharesServer} one after the other, behind all others. */
public final class SharingClassesLast implements ClassOrderer {

    @Override
    public void orderClasses(ClassOrdererContext context) {
        context.getClassDescriptors()
                .sort(Comparator.comparing((ClassDescriptor each) -> each.isAnnotated(SharesServer.class))
                        .thenComparing(each -> each.getTestClass().getName()));
    }
}
