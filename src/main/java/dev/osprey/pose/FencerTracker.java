package dev.osprey.pose;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.imaging.Crop;
import dev.osprey.imaging.Picture;
import dev.osprey.pose.Pairing.Pair;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Follows the two fencers of a bout through its pictures. One for each video; one thread at a time, which may be another one for
 * the next picture.
 *
 * <p>Until both are found the detector looks at the picture, and the two people who are likeliest to fence ({@link Pairing}) are
 * taken: the one further left then is the left fencer from then on, wherever he goes. After that each is looked for where his
 * last points and his speed say that he must be, without the detector. Who is not there any more is looked for around that place
 * with the detector, and now and then everywhere, since somebody may also have been followed wrongly. When both are gone for
 * {@value #FORGOTTEN} pictures, as after a cut, it begins anew.
 *
 * <p>Who is who: all people seen on a picture are set against both fencers, by place, size and colour of the torso, and the
 * choice that fits best as a whole counts. When fencers pass each other they keep their names: each is expected beyond the
 * other, by his speed. While one hides the other only one of them is seen, usually the one in front, and the other one is
 * missing; he is taken up again where he comes out. For these pictures the one who is seen can have the other's name. When both
 * stop behind each other and part the way they came, place does not tell this from passing through; then only size and colour
 * do, and of fencers in the same white the names can come out exchanged.
 *
 * <p>When for {@value #ROUNDS} looks everywhere in a row two others are clearly likelier to fence than those who are followed,
 * they take their place; who is of both pairs keeps his name.
 *
 * <p>Runs of networks a picture: 2 of the points while both are followed. A look everywhere adds at most
 * {@value People#MOST_SQUARES} of the detector and {@value People#MOST_CANDIDATES} of the points (25 and some 3 to 6 on a picture
 * of 1280 × 720), on every {@value #LOOK_AROUND}th picture, and on every {@value #LOOK_WHILE_MISSING}th while somebody is missing;
 * on the others then one of the detector around each place where somebody was. With a network that does it all, always one run.
 */
public final class FencerTracker {

    /** On every such picture everybody is looked for though both fencers are followed. */
    static final int LOOK_AROUND = 30;

    /** On every such picture everybody is looked for while a fencer is missing. */
    static final int LOOK_WHILE_MISSING = 5;

    /** Others take the fencers' place after so many looks on which they were likelier. */
    static final int ROUNDS = 3;

    /** So much likelier others have to be. */
    private static final double CLEARLY = 1.5;

    /** After so many pictures nobody is expected where he was last. */
    private static final int FORGOTTEN = 30;

    /** Around somebody who is missing the detector looks at a square so many times as large as his region. */
    private static final double SURROUNDINGS = 1.6;

    private @Nullable Trail left;
    private @Nullable Trail right;
    private int sinceLook = LOOK_AROUND;
    private int rounds;

    /**
     * The fencers on the video's next picture. What fails leaves everything as it was, so that the picture can be given again.
     *
     * @throws OspreyException {@link ErrorCode#MODEL_FAILED}, {@link ErrorCode#CANCELLED}
     */
    public Fencers track(Picture picture, PoseNetworks networks) {
        People people = new People(picture, networks);
        List<Seen> seen = new ArrayList<>();
        boolean look;
        if (people.isOneForAll()) {
            seen.addAll(people.all());
            look = sinceLook >= LOOK_AROUND - 1;
        } else {
            follow(people, left, seen);
            follow(people, right, seen);
            boolean bothSeen = seen.size() == 2;
            look = sinceLook >= (bothSeen ? LOOK_AROUND : LOOK_WHILE_MISSING) - 1;
            if (look) {
                people.all().forEach(person -> People.addUnlessSeen(person, seen));
            } else if (!bothSeen) {
                lookAround(people, left, seen);
                lookAround(people, right, seen);
            }
        }
        Fencers fencers = assign(picture, seen, look);
        sinceLook = look ? 0 : sinceLook + 1;
        return fencers;
    }

    private static void follow(People people, @Nullable Trail trail, List<Seen> seen) {
        if (trail != null && !isForgotten(trail)) {
            people.look(trail.expected()).ifPresent(person -> People.addUnlessSeen(person, seen));
        }
    }

    private static void lookAround(People people, @Nullable Trail trail, List<Seen> seen) {
        if (trail != null && !isForgotten(trail)) {
            Crop expected = trail.expected();
            Crop upright = new Crop(expected.centreX(), expected.centreY(), expected.width(), expected.height(), 0);
            people.within(List.of(upright.squared(SURROUNDINGS, 0)))
                    .forEach(person -> People.addUnlessSeen(person, seen));
        }
    }

    /**
     * Says who of those seen is which fencer, and remembers it.
     *
     * @param everybody whether everybody on the picture was looked for
     */
    Fencers assign(Picture picture, List<Seen> seen, boolean everybody) {
        if (left == null || right == null || (isForgotten(left) && isForgotten(right))) {
            Optional<Pair> pair = Pairing.likeliest(seen);
            pair.ifPresent(found -> {
                left = Trail.of(found.left(), picture);
                right = Trail.of(found.right(), picture);
            });
            return new Fencers(pair.map(found -> found.left().person()), pair.map(found -> found.right()
                    .person()));
        }
        Choice choice = Choice.best(left, right, seen, picture);
        Seen leftSeen = choice.left();
        Seen rightSeen = choice.right();
        if (everybody) {
            Optional<Pair> others = likelierThan(leftSeen, rightSeen, seen);
            rounds = others.isPresent() ? rounds + 1 : 0;
            if (rounds >= ROUNDS) {
                rounds = 0;
                Pair pair = others.orElseThrow();
                boolean exchanged =
                        pair.left().equals(rightSeen) || pair.right().equals(leftSeen);
                leftSeen = exchanged ? pair.right() : pair.left();
                rightSeen = exchanged ? pair.left() : pair.right();
                left = Trail.of(leftSeen, picture);
                right = Trail.of(rightSeen, picture);
                return new Fencers(Optional.of(leftSeen.person()), Optional.of(rightSeen.person()));
            }
        }
        left = next(left, leftSeen, picture);
        right = next(right, rightSeen, picture);
        return new Fencers(
                Optional.ofNullable(leftSeen).map(Seen::person),
                Optional.ofNullable(rightSeen).map(Seen::person));
    }

    private static boolean isForgotten(Trail trail) {
        return trail.missing() >= FORGOTTEN;
    }

    private static Trail next(Trail trail, @Nullable Seen seen, Picture picture) {
        return seen == null ? trail.missed() : trail.seen(seen, Trail.colour(seen.person(), picture));
    }

    /** Two who are clearly likelier to fence than these; whoever is missing only now is no reason to take others. */
    private static Optional<Pair> likelierThan(@Nullable Seen left, @Nullable Seen right, List<Seen> seen) {
        if (left == null || right == null) {
            return Optional.empty();
        }
        double largest = Pairing.largestSize(seen);
        boolean inOrder = left.person().box().centreX() <= right.person().box().centreX();
        double score = (inOrder ? new Pair(left, right) : new Pair(right, left)).score(largest);
        return Pairing.likeliest(seen).filter(pair -> pair.score(largest) > CLEARLY * score);
    }

    /** Who of those seen is which fencer. */
    private record Choice(@Nullable Seen left, @Nullable Seen right) {

        /** What it costs to say that a fencer is not there: as much as somebody who is too unlike him. */
        private static final double MISSING = 1;

        /** The choice that costs least for both together. */
        static Choice best(Trail left, Trail right, List<Seen> seen, Picture picture) {
            int count = seen.size();
            double[] ofLeft = new double[count + 1];
            double[] ofRight = new double[count + 1];
            ofLeft[count] = MISSING;
            ofRight[count] = MISSING;
            for (int i = 0; i < count; i++) {
                float[] colour = Trail.colour(seen.get(i).person(), picture);
                ofLeft[i] = left.unlikeness(seen.get(i), colour);
                ofRight[i] = right.unlikeness(seen.get(i), colour);
            }
            int bestLeft = count;
            int bestRight = count;
            for (int i = 0; i <= count; i++) {
                for (int j = 0; j <= count; j++) {
                    boolean twoPeople = i != j || i == count;
                    if (twoPeople && ofLeft[i] + ofRight[j] < ofLeft[bestLeft] + ofRight[bestRight]) {
                        bestLeft = i;
                        bestRight = j;
                    }
                }
            }
            return new Choice(
                    bestLeft == count ? null : seen.get(bestLeft), bestRight == count ? null : seen.get(bestRight));
        }
    }
}
