package dev.osprey.studio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FileNameTest {

    private static final String ID = "4802d099-c558-4aca-a784-e68c213ec937";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "cat.png | cat.png",
                "../../etc/passwd.png | passwd.png",
                "C:\\pictures\\my cat.png | my_cat.png",
                "'; DROP TABLE x;--.png | _DROP_TABLE_x_--.png",
                "..png | png",
                "-rf.png | rf.png",
                "Ünïcode.png | _n_code.png",
                "a..b.png | a.b.png",
                "/ | file",
            })
    void leavesOnlyWhatCanBeInAName(String name, String cleaned) {
        assertEquals(cleaned, FileName.cleaned(name));
        assertTrue(FileName.isSafe(FileName.cleaned(name)));
    }

    @Test
    void keepsTheEndOfALongName() {
        String cleaned = FileName.cleaned("x".repeat(500) + ".png");

        assertEquals(80, cleaned.length());
        assertEquals("png", FileName.extension(cleaned));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a/b", "a\\b", "a b", "%2e%2e", "a\0b", ".hidden"})
    void knowsWhatIsNoNameOfIts(String name) {
        assertFalse(FileName.isSafe(name));
    }

    @Test
    void findsTheIdInFront() {
        assertEquals(Optional.of(ID), FileName.id(ID + "_generated.png"));
        assertEquals(Optional.empty(), FileName.id(ID));
        assertEquals(Optional.empty(), FileName.id("generated.png"));
        assertFalse(FileName.isId(ID.toUpperCase(Locale.ROOT)));
        assertFalse(FileName.isId("../" + ID));
    }
}
