package dev.osprey.fencing;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import java.util.Arrays;
import java.util.Locale;

/** What is fenced with, and so who scores when both lamps are on. */
public enum Weapon {
    /** Cut and thrust; right of way decides. */
    SABRE,
    /** Thrust only; right of way decides. */
    FOIL,
    /** No right of way: who hits first scores, and both do who hit within 40 ms. */
    EPEE;

    /** @throws OspreyException {@link ErrorCode#SETTING_INVALID} when no weapon has the name */
    public static Weapon of(String weaponName) {
        return Arrays.stream(values())
                .filter(weapon -> weapon.name().toLowerCase(Locale.ROOT).equals(weaponName))
                .findFirst()
                .orElseThrow(() -> new OspreyException(
                        ErrorCode.SETTING_INVALID, "no weapon %s, expected sabre, foil or epee".formatted(weaponName)));
    }
}
