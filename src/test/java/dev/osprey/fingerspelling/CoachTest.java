package dev.osprey.fingerspelling;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.config.OspreyConfig;
import dev.osprey.config.TestConfig;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The rules of a session, by a clock that stands still unless it is moved. Numbers in brackets: the conformance checklist. */
class CoachTest {

    private static final List<String> LETTERS = IntStream.range(0, 26)
            .mapToObj(i -> String.valueOf((char) ('A' + i)))
            .toList();

    static final LettersModel ONE_FRAME = new LettersModel(1, 1, false, true, LETTERS);
    static final LettersModel CLIP = new LettersModel(32, 2, true, false, LETTERS);

    private Coach coach = coach();

    /** Far from 0, where nothing that was never set could be taken for the time. */
    private long nowNanos = Duration.ofDays(3).toNanos();

    private static Coach coach(String... settings) {
        OspreyConfig.Fingerspelling rules = TestConfig.with(settings).fingerspelling();
        return new Coach(rules, rules.sendMilestones());
    }

    private void with(String... settings) {
        coach = coach(settings);
    }

    private void pass(int millis) {
        nowNanos += Duration.ofMillis(millis).toNanos();
    }

    private Result reset(String letter) {
        return coach.reset(Target.ofLetter(letter), nowNanos);
    }

    private Result resetWord(String word) {
        return coach.reset(Target.ofWord(word), nowNanos);
    }

    /** All probability that is not the letter's is spread over the others. */
    private static double[] distribution(String letter, double probability) {
        double[] distribution = new double[26];
        Arrays.fill(distribution, (1 - probability) / 25);
        distribution[LETTERS.indexOf(letter)] = probability;
        return distribution;
    }

    private Optional<Result> add(double[] distribution) {
        assertTrue(coach.add(ONE_FRAME, new float[63]).isPresent());
        return coach.add(distribution, nowNanos);
    }

    /** A full window of the same. */
    private Optional<Result> show(String letter, double probability) {
        for (int i = 0; i < 4; i++) {
            add(distribution(letter, probability));
        }
        return add(distribution(letter, probability));
    }

    /** As {@link #show}, long enough after whatever was sent before. */
    private Optional<Result> showLater(String letter, double probability) {
        coach.add(ONE_FRAME, new float[63]);
        // Four that are not told of, because no time has passed, then the one that may be.
        for (int i = 0; i < 4; i++) {
            coach.add(
                    distribution(letter, probability),
                    nowNanos - Duration.ofDays(1).toNanos());
        }
        pass(100);
        return coach.add(distribution(letter, probability), nowNanos);
    }

    @Test
    void answersAResetWithTheFirstLetterNotSeen() { // [3] [5]
        assertEquals(new Result("A", 0, "A", 0, null), reset("B"));
    }

    @Test
    void givesAClipOnceItIsLongEnoughAndThenWithEachFrame() { // [7]
        for (int i = 0; i < 31; i++) {
            assertEquals(Optional.empty(), coach.add(CLIP, new float[] {i, 100 + i}));
            assertEquals(i + 1, coach.clipFrames());
        }
        float[] first = coach.add(CLIP, new float[] {31, 131}).orElseThrow();
        assertEquals(64, first.length);
        assertArrayEquals(new float[] {0, 100, 1, 101}, Arrays.copyOf(first, 4));
        float[] second = coach.add(CLIP, new float[] {32, 132}).orElseThrow();
        assertArrayEquals(new float[] {1, 101}, Arrays.copyOf(second, 2));
        assertArrayEquals(new float[] {32, 132}, Arrays.copyOfRange(second, 62, 64));
    }

    @Test
    void hasItsFirstResultOnTheThirtySixthFrame() { // [7]
        for (int frame = 1; frame <= 36; frame++) {
            Optional<Result> result =
                    coach.add(CLIP, new float[126]).flatMap(clip -> coach.add(distribution("C", 0.9), nowNanos));
            assertEquals(frame == 36, result.isPresent(), "frame " + frame);
        }
    }

    @Test
    void hasItsFirstResultOnTheFifthFrameWhereOneIsAClip() { // [8]
        for (int i = 0; i < 4; i++) {
            assertEquals(Optional.empty(), add(distribution("C", 0.9)));
        }
        assertEquals("C", add(distribution("C", 0.9)).orElseThrow().letter());
    }

    @Test
    void startsAgainWhereTheModelChanges() {
        for (int i = 0; i < 3; i++) {
            add(distribution("C", 0.9));
        }
        assertEquals(Optional.empty(), coach.add(CLIP, new float[126]));
        assertEquals(1, coach.clipFrames());
        assertEquals(0, coach.distributions());
    }

    @Test
    void reportsTheMeanOfTheWindow() { // [12]
        reset("C");
        pass(100);
        for (double probability : new double[] {0.1, 0.2, 0.3, 0.4}) {
            add(distribution("C", probability));
        }
        Result result = add(distribution("C", 0.5)).orElseThrow();
        assertEquals("C", result.letter());
        assertEquals((0.1 + 0.2 + 0.3 + 0.4 + 0.5) / 5, result.probability());
    }

    @Test
    void addsFromTheOldestToTheNewest() {
        double[] values = {1e-17, 0.1, 0.7, 0.0001, 0.03};
        pass(100);
        for (int i = 0; i < 4; i++) {
            add(distribution("C", values[i]));
        }
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        reset("C");
        pass(100);
        Optional<Result> result = Optional.empty();
        for (double value : values) {
            result = add(distribution("C", value));
        }
        assertEquals(sum / 5, result.orElseThrow().probability());
    }

    @Test
    void forgetsTheOldestOfTheWindow() {
        with("fingerspelling.min-change", "0");
        reset("C");
        show("C", 0.2);
        pass(100);
        assertEquals(
                (0.2 + 0.2 + 0.2 + 0.2 + 0.7) / 5,
                add(distribution("C", 0.7)).orElseThrow().probability());
    }

    @Test
    void choosesTheLowerOfTwoLettersThatAreAlike() { // [12]
        double[] even = new double[26];
        even[3] = 0.5;
        even[7] = 0.5;
        for (int i = 0; i < 4; i++) {
            add(even);
        }
        assertEquals("D", add(even).orElseThrow().letter());
    }

    @Test
    void takesATargetInEitherCase() { // [13]
        reset("b");
        assertEquals(0.25, showLater("B", 0.25).orElseThrow().probability());
        reset("B");
        assertEquals(0.25, showLater("B", 0.25).orElseThrow().probability());
    }

    @Test
    void findsATargetThatIsNoLetterImprobable() { // [13]
        for (String target : List.of("1", "É", "Ω", "\uD83D\uDE00")) {
            reset(target);
            Result result = showLater("B", 0.9).orElseThrow();
            assertEquals("B", result.letter());
            assertEquals(0, result.probability());
        }
    }

    @Test
    void reportsTheTargetsProbabilityWhateverIsSeen() {
        reset("C");
        Result result = showLater("B", 0.75).orElseThrow();
        assertEquals("B", result.letter());
        assertEquals("B", result.detected());
        assertEquals(0.25 / 25, result.probability(), 1e-12);
    }

    @Test
    void reportsTheGreatestMeanWhereNothingIsAskedFor() { // [14]
        assertEquals(0.75, show("B", 0.75).orElseThrow().probability());
    }

    @Test
    void saysNothingWithin75MillisecondsEvenOfAnotherLetter() { // [16]
        show("B", 0.5);
        pass(74);
        assertEquals(Optional.empty(), show("C", 0.9));
        pass(1);
        assertEquals("C", add(distribution("C", 0.9)).orElseThrow().letter());
    }

    @Test
    void saysNothingOfASmallChange() { // [17]
        with("fingerspelling.smoothing", "1");
        reset("B");
        pass(100);
        assertEquals(0.5, add(distribution("B", 0.5)).orElseThrow().probability());
        pass(100);
        assertEquals(Optional.empty(), add(distribution("B", 0.52)));
        assertEquals(Optional.empty(), add(distribution("B", 0.5)));
        assertEquals(0.53, add(distribution("B", 0.53)).orElseThrow().probability());
        pass(100);
        assertEquals(0.58, add(distribution("B", 0.58)).orElseThrow().probability());
    }

    @Test
    void saysThatAnotherLetterIsAsProbable() { // [17]
        with("fingerspelling.smoothing", "1");
        show("B", 0.5);
        pass(100);
        assertEquals("C", add(distribution("C", 0.5)).orElseThrow().letter());
    }

    @Test
    void keepsItsRecordWhereItSaysNothing() {
        with("fingerspelling.smoothing", "1");
        reset("B");
        pass(100);
        add(distribution("B", 0.50));
        for (double probability : new double[] {0.51, 0.52, 0.525}) {
            pass(100);
            assertEquals(Optional.empty(), add(distribution("B", probability)));
        }
        pass(100);
        assertTrue(add(distribution("B", 0.54)).isPresent());
    }

    @Test
    void comparesWithTheResetAfterAReset() {
        with("fingerspelling.smoothing", "1");
        reset("A");
        pass(74);
        assertEquals(Optional.empty(), add(distribution("B", 0.9)));
        pass(1);
        double[] faint = new double[26];
        faint[0] = 0.03;
        assertEquals(Optional.empty(), add(faint));
        faint[0] = 0.031;
        assertTrue(add(faint).isPresent());
    }

    @Test
    void answersAResetHoweverLatelyItSpoke() { // [18]
        show("C", 0.9);
        pass(1);
        assertEquals("A", reset("B").letter());
        assertEquals("A", reset("B").letter());
    }

    @Test
    void startsAgainAfterAReset() { // [20]
        for (int i = 0; i < 35; i++) {
            coach.add(CLIP, new float[126]).ifPresent(clip -> coach.add(distribution("C", 0.9), nowNanos));
        }
        reset("C");
        pass(100);
        assertEquals(0, coach.clipFrames());
        assertEquals(0, coach.distributions());
        for (int frame = 1; frame <= 36; frame++) {
            Optional<Result> result =
                    coach.add(CLIP, new float[126]).flatMap(clip -> coach.add(distribution("C", 0.9), nowNanos));
            assertEquals(frame == 36, result.isPresent(), "frame " + frame);
        }
    }

    @Test
    void leavesALearnerAtAMilestoneAloneUnlessToldOtherwise() {
        for (boolean told : new boolean[] {false, true}) {
            with("fingerspelling.smoothing", "1", "fingerspelling.send-milestones", Boolean.toString(told));
            reset("B");
            pass(100);
            assertTrue(add(distribution("B", 0.69)).isPresent());
            pass(100);
            assertEquals(told, add(distribution("B", 0.71)).isPresent());
            pass(100);
            assertFalse(add(distribution("B", 0.715)).isPresent());
        }
    }

    @Test
    void repeatsWhatDoesNotChangeOnceASecondWhereItIsTold() {
        for (boolean told : new boolean[] {false, true}) {
            with("fingerspelling.smoothing", "1", "fingerspelling.repeat-unchanged", Boolean.toString(told));
            add(distribution("B", 0.5));
            pass(999);
            assertFalse(add(distribution("B", 0.5)).isPresent());
            pass(1);
            assertEquals(told, add(distribution("B", 0.5)).isPresent());
            pass(500);
            assertFalse(add(distribution("B", 0.5)).isPresent());
        }
    }

    @Test
    void walksThroughAWord() { // [29]
        assertEquals(new Result("A", 0, "A", 0, ""), resetWord("AB"));
        Result half = showLater("A", 0.9).orElseThrow();
        assertEquals("A", half.letter());
        assertEquals("A", half.detected());
        assertEquals("A", half.word());
        assertEquals(0, half.wordProbability());
        assertEquals(0, coach.distributions());
        assertEquals(0, coach.clipFrames());
        Result done = showLater("B", 0.8).orElseThrow();
        assertEquals(new Result("B", done.probability(), "AB", done.probability(), "AB"), done);
        assertEquals(0.8, done.probability(), 1e-12);
        Result free = showLater("C", 0.75).orElseThrow();
        assertEquals(0.75, free.probability());
        assertEquals(null, free.word());
    }

    @Test
    void reportsTheLeastOfAWordsLettersAndItsTextAsItCame() {
        resetWord("a-b!");
        assertEquals("a", showLater("A", 0.75).orElseThrow().word());
        Result done = showLater("B", 0.95).orElseThrow();
        assertEquals("a-b!", done.detected());
        assertEquals("a-b!", done.word());
        assertEquals("B", done.letter());
        assertEquals(0.75, done.probability());
        assertEquals(0.75, done.wordProbability());
    }

    @Test
    void doesNotTakeALetterForShownThatIsTooFaintOrAnother() {
        resetWord("AB");
        Result faint = showLater("A", 0.65).orElseThrow();
        assertEquals("", faint.word());
        assertEquals(5, coach.distributions());
        assertEquals("", showLater("B", 0.95).orElseThrow().word());
    }

    @Test
    void answersAFinishedWordHoweverLatelyItSpoke() {
        with("fingerspelling.smoothing", "1");
        resetWord("B");
        pass(1);
        assertEquals("B", add(distribution("B", 0.9)).orElseThrow().word());
    }

    @Test
    void shownLettersAreToldOfAsOftenAsAnything() {
        with("fingerspelling.smoothing", "1");
        resetWord("AB");
        assertEquals(Optional.empty(), add(distribution("A", 0.9)));
        pass(100);
        assertEquals("A", add(distribution("C", 0.9)).orElseThrow().word());
    }

    @Test
    void asksForTheFirstLetterOfAWordWhereThereAreNoWords() {
        with("fingerspelling.word-mode", "false");
        assertEquals(new Result("A", 0, "A", 0, null), resetWord("-bc"));
        Result result = showLater("B", 0.75).orElseThrow();
        assertEquals(new Result("B", 0.75, "B", 0, null), result);
        assertEquals(Optional.empty(), showLater("B", 0.75));
    }

    @Test
    void hasNoWordWithoutLetters() {
        assertEquals(new Result("A", 0, "A", 0, null), resetWord("123"));
        assertEquals(0, showLater("B", 0.75).orElseThrow().probability());
    }

    @Test
    void reportsOneErrorASecond() { // [23]
        assertTrue(coach.tryReport(nowNanos));
        pass(999);
        assertFalse(coach.tryReport(nowNanos));
        pass(1);
        assertTrue(coach.tryReport(nowNanos));
        assertFalse(coach.tryReport(nowNanos));
    }
}
