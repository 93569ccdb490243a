package dev.osprey.referee;

import dev.osprey.fencing.Bout.Fencers;
import dev.osprey.fencing.Bout.Person;
import dev.osprey.fencing.Decision;
import dev.osprey.fencing.Decision.Moment;
import dev.osprey.fencing.Side;
import dev.osprey.fencing.Signal;
import dev.osprey.imaging.Overlay;
import dev.osprey.imaging.Overlay.Lamp;
import dev.osprey.imaging.Picture;
import dev.osprey.imaging.VideoWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes the video of a bout with what was seen in it and what it led to. One thread. */
final class OverlayVideo implements AutoCloseable {

    /** How long what has just happened stands in the picture. */
    private static final double MOMENT_SECONDS = 1;

    private final Path target;
    private final double frameRate;
    private final Sighting sighting;
    private final Signal signal;
    private final Decision decision;
    private @Nullable VideoWriter writer;
    private int frames;

    OverlayVideo(Path target, double frameRate, Sighting sighting, Signal signal, Decision decision) {
        this.target = target;
        this.frameRate = frameRate;
        this.sighting = sighting;
        this.signal = signal;
        this.decision = decision;
    }

    /** Draws on the picture, and writes it. */
    void draw(double seconds, Picture picture) {
        frames++;
        Overlay overlay = new Overlay(picture);
        Fencers fencers = sighting.at(seconds);
        skeleton(overlay, fencers.left(), Overlay.Side.LEFT);
        skeleton(overlay, fencers.right(), Overlay.Side.RIGHT);
        overlay.frameNumber(frames, sighting.frames());
        overlay.text(lines(seconds));
        Double hit = signal.simultaneousHitTime();
        if (hit != null && seconds >= hit) {
            overlay.lamp(Overlay.Side.LEFT, Lamp.VALID);
            overlay.lamp(Overlay.Side.RIGHT, Lamp.VALID);
        }
        writer(picture).write(picture, seconds);
    }

    private static void skeleton(Overlay overlay, @Nullable Person person, Overlay.Side side) {
        if (person != null) {
            float[][] points = new float[Overlay.KEYPOINTS][2];
            for (int i = 0; i < points.length; i++) {
                points[i][0] = (float) person.points()[2 * i];
                points[i][1] = (float) person.points()[2 * i + 1];
            }
            overlay.skeleton(points, side);
        }
    }

    /** What has happened lately; from the hit on the decision. */
    private List<String> lines(double seconds) {
        List<String> lines = new ArrayList<>();
        for (Moment moment : decision.moments()) {
            if (seconds >= moment.seconds() && seconds < moment.seconds() + MOMENT_SECONDS) {
                lines.add("%s %s".formatted(moment.side().capitalised(), moment.what()));
            }
        }
        Double hit = signal.simultaneousHitTime();
        if (hit != null && seconds >= hit) {
            lines.add("%s: %s".formatted(decision.winner() == Side.LEFT ? "LEFT" : "RIGHT", decision.reason()));
        }
        return lines;
    }

    /** By the size of the first picture: a lens that is corrected makes them smaller. */
    private VideoWriter writer(Picture picture) {
        VideoWriter current = writer;
        if (current == null) {
            current =
                    new VideoWriter(target, new VideoWriter.Settings(picture.width(), picture.height(), frameRate, 1));
            writer = current;
        }
        return current;
    }

    /** Pictures written. */
    int frames() {
        return frames;
    }

    /** Completes the video; without this nothing is left of it. */
    void finish() {
        if (writer != null) {
            writer.finish();
        }
    }

    @Override
    public void close() {
        if (writer != null) {
            writer.close();
        }
    }
}
