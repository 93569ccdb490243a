package dev.osprey.referee;

import dev.osprey.fencing.Bout;
import dev.osprey.fencing.Bout.Fencers;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the fencers were seen in a video: a row for each period of its average frame rate, so that a picture's row follows from its
 * time. Rows without a picture, where frames are missing or come irregularly, have nobody in them. One thread.
 */
final class Sighting {

    private static final Fencers NOBODY = new Fencers(null, null);

    private final double fps;
    private final int mostRows;
    private final List<Fencers> rows = new ArrayList<>();
    private int frames;

    /** @param mostRows what comes later is not kept */
    Sighting(double fps, int mostRows) {
        this.fps = fps;
        this.mostRows = mostRows;
    }

    void add(double seconds, Fencers fencers) {
        frames++;
        long row = row(seconds);
        if (row >= mostRows) {
            return;
        }
        while (rows.size() < row) {
            rows.add(NOBODY);
        }
        if (rows.size() == row) {
            rows.add(fencers);
        } else {
            rows.set((int) row, fencers);
        }
    }

    private long row(double seconds) {
        return Math.round(seconds * fps);
    }

    /** Who was seen in the picture of that time. */
    Fencers at(double seconds) {
        long row = row(seconds);
        return row < rows.size() ? rows.get((int) row) : NOBODY;
    }

    /** Pictures that were looked at. */
    int frames() {
        return frames;
    }

    /** @throws dev.osprey.fault.OspreyException {@code BOUT_UNREADABLE} where the fencers were never seen together */
    Bout bout() {
        return Bout.normalise(fps, rows);
    }
}
