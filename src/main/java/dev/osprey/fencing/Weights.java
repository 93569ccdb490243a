package dev.osprey.fencing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * How much each answer of {@link Priority} weighs, in logarithms of odds per unit of the answer. Written by
 * {@code models/training/right_of_way.py}.
 */
record Weights(double attack, double hand, double parry) {

    static final Weights LEARNT = learnt();

    double sum(Priority.Answers answers, Weapon weapon) {
        return attack * answers.attack()
                + (weapon == Weapon.FOIL ? 0 : hand * answers.hand())
                + parry * answers.parry();
    }

    private static Weights learnt() {
        Properties properties = new Properties();
        try (InputStream file = Weights.class.getResourceAsStream("right-of-way.properties")) {
            if (file == null) {
                throw new IllegalStateException("right-of-way.properties is not beside " + Weights.class);
            }
            properties.load(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Weights(number(properties, "attack"), number(properties, "hand"), number(properties, "parry"));
    }

    private static double number(Properties properties, String name) {
        return Double.parseDouble(properties.getProperty(name, ""));
    }
}
