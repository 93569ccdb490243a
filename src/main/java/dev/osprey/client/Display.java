package dev.osprey.client;

import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongSupplier;

/** What the user sees while it runs: notes in lines of their own and, on a terminal, one line that is rewritten. */
final class Display {

    private static final int BAR_WIDTH = 24;
    private static final long REDRAW_NANOS = 100_000_000L;

    private final PrintStream out;
    private final boolean bar;
    private final boolean verbose;
    private final LongSupplier nanoClock;
    private final Rates rates = new Rates();

    private int lineLength;
    private long drawnNanos;
    private String stage = "";

    /** @param bar whether there is a line to rewrite */
    Display(PrintStream out, boolean bar, boolean verbose, LongSupplier nanoClock) {
        this.out = out;
        this.bar = bar;
        this.verbose = verbose;
        this.nanoClock = nanoClock;
        this.drawnNanos = nanoClock.getAsLong() - REDRAW_NANOS;
    }

    /** Something that everybody should know. */
    void note(String sentence) {
        if (lineLength > 0) {
            out.print("\r" + " ".repeat(lineLength) + "\r");
            lineLength = 0;
        }
        out.println(sentence);
        out.flush();
    }

    /** Something for whoever asked for more. */
    void detail(String sentence) {
        if (verbose) {
            note(sentence);
        }
    }

    /**
     * Frames on their way.
     *
     * @param expected how many there will be; 0 where that is not known
     */
    void sent(long frames, long expected, long bytes) {
        long now = nanoClock.getAsLong();
        boolean complete = frames == expected;
        if (!bar || (now - drawnNanos < REDRAW_NANOS && !complete)) {
            return;
        }
        rates.add(now, frames, bytes);
        String count = expected > 0 ? frames + "/" + Math.max(frames, expected) : Long.toString(frames);
        String speed = String.format(
                Locale.ROOT, "%.1f frames/s, %.1f Mbit/s", rates.framesPerSecond(), rates.megabitsPerSecond());
        String drawing = expected > 0 ? barOf((double) frames / expected) + " " : "";
        draw("Sending " + drawing + count + " frames, " + speed, now);
    }

    /**
     * The server at work.
     *
     * @param progress of the stage, 0 to 1
     */
    void stage(String name, double progress, String remark) {
        boolean entered = !name.equals(stage);
        if (!bar) {
            if (entered) {
                detail(name + (remark.isEmpty() ? "" : ": " + remark));
            }
        } else {
            if (entered) {
                endLine();
            }
            String text = String.format(Locale.ROOT, "%s %s %3.0f %%", name, barOf(progress), progress * 100);
            draw(text + (remark.isEmpty() ? "" : "  " + remark), nanoClock.getAsLong());
        }
        stage = name;
    }

    /** Leaves what is drawn where it is. */
    void endLine() {
        if (lineLength > 0) {
            out.println();
            out.flush();
            lineLength = 0;
        }
    }

    private void draw(String text, long now) {
        // A line that the terminal breaks could not be rewritten.
        String line = text.length() <= 100 ? text : text.substring(0, 97) + "...";
        out.print("\r" + line + " ".repeat(Math.max(0, lineLength - line.length())));
        out.flush();
        lineLength = line.length();
        drawnNanos = now;
    }

    private static String barOf(double share) {
        int filled = (int) Math.round(BAR_WIDTH * Math.max(0, Math.min(1, share)));
        return "[" + "#".repeat(filled) + ".".repeat(BAR_WIDTH - filled) + "]";
    }
}
