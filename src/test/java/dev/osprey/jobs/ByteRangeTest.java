package dev.osprey.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Examples of RFC 9110, section 14.1.2, on a file of 10,000 bytes, and what is none. */
class ByteRangeTest {

    @ParameterizedTest
    @CsvSource({
        "bytes=0-499, 0, 499",
        "bytes=500-999, 500, 999",
        "bytes=-500, 9500, 9999",
        "bytes=9500-, 9500, 9999",
        "bytes=0-0, 0, 0",
        "bytes=0-, 0, 9999",
        "bytes=9000-20000, 9000, 9999",
        "bytes=-20000, 0, 9999"
    })
    void asksForBytes(String header, long first, long last) {
        assertEquals(Optional.of(new ByteRange(first, last)), ByteRange.of(header, 10_000));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=10000-", "bytes=10000-10001", "bytes=-0", "bytes=999999999999999999-"})
    void hasNothingWhereTheFileHasEnded(String header) {
        assertFalse(ByteRange.of(header, 10_000).orElseThrow().isSatisfiable());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bytes=-",
                "bytes=5-4",
                "bytes=0-1,5-6",
                "lines=0-1",
                "0-1",
                "bytes=a-b",
                "",
                "bytes=99999999999999999999-"
            })
    void ignoresWhatItDoesNotKnow(String header) {
        assertEquals(Optional.empty(), ByteRange.of(header, 10_000));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=0-", "bytes=-5", "bytes=0-0"})
    void hasNothingOfAnEmptyFile(String header) {
        assertFalse(ByteRange.of(header, 0).orElseThrow().isSatisfiable());
    }
}
