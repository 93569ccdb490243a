package dev.osprey.fencing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.Requires;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** How often the rules agree with a human referee, on recordings that are not part of the repository. */
class RecordedPhrasesTest {

    private static List<RecordedPhrase> phrases = List.of();

    @BeforeAll
    static void read() throws IOException {
        phrases = RecordedPhrase.read(Requires.existing("the recorded phrases", RecordedPhrase.FILE));
    }

    private static long agreements(Rule rule) {
        return phrases.stream()
                .filter(phrase -> rule.decide(phrase.signal(), phrase.bout(), Weapon.SABRE)
                                .winner()
                        == phrase.referee())
                .count();
    }

    /**
     * The project knows of 60. It is 59 here, and 58 or 59 when the tracks' last decimal is shaken: some steps are 0.0300 to the
     * digit, on the edge of quiet.
     */
    @Test
    void classicIsNoBetterThanACoin() {
        assertEquals(112, phrases.size());
        assertEquals(60, (double) agreements(Rule.CLASSIC), 1);
    }

    @Test
    void asksTheQuestionsAsTheTrainingDoes() throws IOException {
        CrossValidation trained = CrossValidation.read();
        for (RecordedPhrase phrase : phrases) {
            Priority.Answers expected = trained.answers(phrase.name());
            Priority.Answers found = trained.asked(phrase).answers();
            assertEquals(expected.attack(), found.attack(), 1e-4, phrase.name());
            assertEquals(expected.hand(), found.hand(), 1e-4, phrase.name());
            assertEquals(expected.parry(), found.parry(), 1e-4, phrase.name());
        }
    }

    /** By weights that know nothing of the phrase's day. */
    @Test
    void priorityBeatsTheRecorderOnDaysItNeverSaw() throws IOException {
        CrossValidation trained = CrossValidation.read();
        long agreements = phrases.stream()
                .filter(phrase -> trained.decision(phrase).winner() == phrase.referee())
                .count();
        double documented = trained.results().getJsonNumber("shipped").doubleValue();
        assertEquals(documented, agreements / 112.0, 0.005);
        assertTrue(agreements >= 0.83 * 112, agreements + " of 112");
    }

    @Test
    void priorityKeepsWhatItLearnt() {
        assertTrue(agreements(Rule.PRIORITY) >= 95, agreements(Rule.PRIORITY) + " of 112");
    }
}
