package dev.osprey.socket;

import jakarta.inject.Inject;
import jakarta.inject.Provider;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.annotation.WebListener;

/**
 * Tells everybody that the server goes away, first of all that happens then: when the beans are disposed of, Payara loads no more
 * classes of an application that has libraries, and a goodbye needs some that nothing needed before.
 */
@WebListener
public class Farewell implements ServletContextListener {

    private final Provider<Caretaker> caretaker;

    @Inject
    Farewell(Provider<Caretaker> caretaker) {
        this.caretaker = caretaker;
    }

    @Override
    public void contextDestroyed(ServletContextEvent event) {
        caretaker.get().closeAll();
    }
}
