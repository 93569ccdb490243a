package dev.osprey.fingerspelling;

import dev.osprey.config.OspreyConfig;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The rules of one session, as a state machine: it has no threads, and the time comes in with every call. Not
 * thread-safe.
 *
 * <p>Landmarks gather in a clip until it is as long as the model wants it, and from then on each further frame gives a
 * distribution over the letters. Distributions gather in a window; their mean is what has been seen, and the client is told
 * of it where enough time has passed and enough has changed since it was last told. A reset empties both and is told of at
 * once. A word is walked through letter by letter: each that has been shown empties both and makes the next the target.
 */
final class Coach {

    /** What a reset is answered with: the first letter, not seen at all. */
    private static final String FIRST_LETTER = "A";

    /** Where learners succeed, by the clients: values that a small change may cross for good. */
    private static final double[] MILESTONES = {0.7, 0.75, 0.8};

    private static final long REPEAT_NANOS = Duration.ofSeconds(1).toNanos();

    private final OspreyConfig.Fingerspelling rules;
    private final boolean milestones;
    private final Deque<float[]> clip = new ArrayDeque<>();
    private final Deque<double[]> window = new ArrayDeque<>();

    /** What the clip's frames were made for; null before the first. */
    private @Nullable LettersModel model;

    /** In capitals; null where nothing is asked for. */
    private @Nullable String target;

    private @Nullable Word word;
    private @Nullable Sent last;
    private @Nullable Long lastErrorNanos;

    /** The last result that the client was told. */
    private record Sent(long nanos, String letter, double probability) {}

    /**
     * A word on its way.
     *
     * @param at index in the text of the letter to be shown now
     * @param least probability of the letters shown so far
     */
    private record Word(String text, int at, double least) {

        /** From the first letter at or after the index on; nothing where there is none. */
        static Optional<Word> from(String text, int index, double least) {
            for (int i = index; i < text.length(); i++) {
                if (isLetter(text.substring(i, i + 1))) {
                    return Optional.of(new Word(text, i, least));
                }
            }
            return Optional.empty();
        }

        String letter() {
            return upper(text.substring(at, at + 1));
        }

        private static boolean isLetter(String character) {
            String upper = upper(character);
            return upper.length() == 1 && upper.charAt(0) >= 'A' && upper.charAt(0) <= 'Z';
        }
    }

    /** @param milestones whether what crosses 0.7, 0.75 or 0.8 is told of, however little has changed */
    Coach(OspreyConfig.Fingerspelling rules, boolean milestones) {
        this.rules = rules;
        this.milestones = milestones;
    }

    /** The learner goes on to another target; the result is to be sent, whatever was sent before. */
    Result reset(Target asked, long nowNanos) {
        forgetFrames();
        Optional<Word> spelled = asked.word() ? Word.from(asked.text(), 0, 1) : Optional.empty();
        word = rules.wordMode() ? spelled.orElse(null) : null;
        target = spelled.map(Word::letter).orElseGet(() -> upper(firstCharacter(asked.text())));
        last = new Sent(nowNanos, FIRST_LETTER, 0);
        return Result.ofLetter(FIRST_LETTER, 0, word == null ? null : "");
    }

    private void forgetFrames() {
        clip.clear();
        window.clear();
    }

    /**
     * Takes the landmarks of one more frame.
     *
     * @param landmarks as {@link LettersModel#landmarks} gives them
     * @return the whole clip, its frames one after another from the oldest on; nothing as long as it is too short
     */
    Optional<float[]> add(LettersModel model, float[] landmarks) {
        if (!model.equals(this.model)) {
            // Another version was put in place: what was gathered for the one before it may not fit.
            forgetFrames();
            this.model = model;
        }
        if (clip.size() == model.clipLength()) {
            clip.remove();
        }
        clip.add(landmarks);
        if (clip.size() < model.clipLength()) {
            return Optional.empty();
        }
        float[] whole = new float[clip.size() * landmarks.length];
        int at = 0;
        for (float[] frame : clip) {
            System.arraycopy(frame, 0, whole, at, frame.length);
            at += frame.length;
        }
        return Optional.of(whole);
    }

    int clipFrames() {
        return clip.size();
    }

    int distributions() {
        return window.size();
    }

    /**
     * Takes what the model makes of the clip.
     *
     * @param distribution probabilities by class, as many as the model has labels
     * @return what is to be sent now; nothing where the client is not to be told of it
     */
    Optional<Result> add(double[] distribution, long nowNanos) {
        LettersModel seenWith = model;
        if (seenWith == null) {
            throw new IllegalStateException("There was no clip that this could be of");
        }
        if (window.size() == rules.smoothing()) {
            window.remove();
        }
        window.add(distribution);
        if (window.size() < rules.smoothing()) {
            return Optional.empty();
        }
        double[] mean = mean();
        int greatest = firstGreatest(mean);
        String seen = seenWith.labels().get(greatest);
        double probability = target == null ? mean[greatest] : of(target, mean, seenWith.labels());
        if (word != null && seen.equals(target) && probability >= rules.wordProbability()) {
            return shown(word, probability, nowNanos);
        }
        return tell(Result.ofLetter(seen, probability, word == null ? null : done(word)), nowNanos);
    }

    /** The sum from the oldest to the newest, divided by how many there are. */
    private double[] mean() {
        Iterator<double[]> rest = window.iterator();
        double[] mean = rest.next().clone();
        while (rest.hasNext()) {
            double[] next = rest.next();
            for (int i = 0; i < mean.length; i++) {
                mean[i] += next[i];
            }
        }
        for (int i = 0; i < mean.length; i++) {
            mean[i] /= window.size();
        }
        return mean;
    }

    private static int firstGreatest(double[] values) {
        int greatest = 0;
        for (int i = 1; i < values.length; i++) {
            if (values[i] > values[greatest]) {
                greatest = i;
            }
        }
        return greatest;
    }

    private static double of(String letter, double[] mean, List<String> labels) {
        int index = labels.indexOf(letter);
        return index < 0 ? 0 : mean[index];
    }

    /** The part of the word before the letter that is to be shown now, without what is skipped. */
    private static String done(Word word) {
        int end = word.at();
        while (end > 0 && !Word.isLetter(word.text().substring(end - 1, end))) {
            end--;
        }
        return word.text().substring(0, end);
    }

    private Optional<Result> shown(Word word, double probability, long nowNanos) {
        String letter = word.letter();
        double least = Math.min(word.least(), probability);
        Optional<Word> next = Word.from(word.text(), word.at() + 1, least);
        forgetFrames();
        this.word = next.orElse(null);
        target = next.map(Word::letter).orElse(null);
        if (next.isPresent()) {
            return tell(Result.ofLetter(letter, probability, done(next.get())), nowNanos);
        }
        Result result = Result.ofWord(letter, least, word.text());
        last = new Sent(nowNanos, letter, least);
        return Optional.of(result);
    }

    private Optional<Result> tell(Result result, long nowNanos) {
        if (last != null && !isNews(last, result, nowNanos)) {
            return Optional.empty();
        }
        last = new Sent(nowNanos, result.letter(), result.probability());
        return Optional.of(result);
    }

    private boolean isNews(Sent before, Result result, long nowNanos) {
        long sinceNanos = nowNanos - before.nanos();
        if (sinceNanos < rules.minInterval().toNanos()) {
            return false;
        }
        return !result.letter().equals(before.letter())
                || Math.abs(result.probability() - before.probability()) > rules.minChange()
                || (milestones && crossesMilestone(before.probability(), result.probability()))
                || (rules.repeatUnchanged() && sinceNanos >= REPEAT_NANOS);
    }

    private static boolean crossesMilestone(double before, double now) {
        for (double milestone : MILESTONES) {
            if ((before >= milestone) != (now >= milestone)) {
                return true;
            }
        }
        return false;
    }

    /** Whether the client may be told of an error now: not of every one of many. */
    boolean tryReport(long nowNanos) {
        if (lastErrorNanos != null
                && nowNanos - lastErrorNanos < rules.errorInterval().toNanos()) {
            return false;
        }
        lastErrorNanos = nowNanos;
        return true;
    }

    private static String firstCharacter(String text) {
        return text.substring(0, text.offsetByCodePoints(0, 1));
    }

    private static String upper(String character) {
        return new String(Character.toChars(Character.toUpperCase(character.codePointAt(0))));
    }
}
